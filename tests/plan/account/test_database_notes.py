from __future__ import annotations

from typing import Any

from msgspec import UNSET

from catalog_platform.plan.account.database_notes import database_notes
from catalog_platform.plan.account.facts import Expected
from catalog_platform.plan.environment import resource_changes
from catalog_platform.plan.model import Note
from catalog_platform.plan.stack import Stack

BASE = {"EngineVersion": "17.9", "DeletionProtection": True, "AllocatedStorage": "20"}
ACTUAL = {"EngineVersion": "17.9", "DeletionProtection": True, "AllocatedStorage": 20}


def stack(properties: dict[str, Any] | None) -> Stack:
    instance = {"Type": "AWS::RDS::DBInstance", "Properties": properties}
    return Stack(
        template={"Resources": {"Instance": instance} if properties is not None else {}},
        account="333333333333",
        region="eu-west-1",
        is_protected=False,
        paths={"Instance": "Database/Instance"},
    )


def notes(actual: dict[str, Any], head: dict[str, Any] | None, **base: Any) -> list[Note]:
    """Return the notes about an instance that differs from `ACTUAL`; `head` changes the base."""
    before = {**BASE, **base}
    now = None if head is None else {**before, **head}
    expected = Expected.of(resource_changes(stack(before), stack(now)), stack(before).paths)
    found = {"Instance": {**ACTUAL, **actual}}
    return [*database_notes(found, stack(before), stack(now), expected)]


def test_an_instance_as_in_the_template_has_no_note() -> None:
    assert notes({}, {"DBInstanceClass": "db.t4g.large"}) == []
    assert notes({}, {}, EngineVersion="17") == []
    assert notes({}, {}, EngineVersion={"Ref": "Version"}) == []
    assert notes({"DeletionProtection": False}, {}, DeletionProtection=False) == []


def test_a_version_older_than_an_automatic_upgrade_is_rejected() -> None:
    (note,) = notes({"EngineVersion": "17.10"}, {"EngineVersion": "17.9"}, EngineVersion="17.8")
    assert (note.resource, note.verdict) == ("Database/Instance", "rejected")
    assert (note.expected, note.actual) == ("17.9", "17.10")
    assert "set the version to 17.10 or later" in note.message


def test_an_upgrade_beyond_the_deployed_version_is_at_risk_only() -> None:
    (note,) = notes({"EngineVersion": "17.10"}, {"EngineVersion": "17.11"})
    assert note.verdict == "at_risk"


def test_an_upgrade_is_listed_when_nothing_changes_and_at_risk_when_another_property_does() -> None:
    (listed,) = notes({"EngineVersion": "17.10"}, {})
    assert (listed.verdict, listed.expected, listed.actual) == ("safe", "17.9", "17.10")
    (at_risk,) = notes({"EngineVersion": "17.10"}, {"DBInstanceClass": "db.t4g.large"})
    assert at_risk.verdict == "at_risk"


def test_a_storage_size_below_that_of_the_instance_is_rejected() -> None:
    (note,) = notes({"AllocatedStorage": 100}, {"AllocatedStorage": "50"})
    assert (note.verdict, note.property) == ("rejected", "AllocatedStorage")
    (larger,) = notes({"AllocatedStorage": 100}, {"AllocatedStorage": "200"})
    assert larger.verdict == "at_risk"


def test_protection_that_was_turned_off_by_hand_is_told() -> None:
    (note,) = notes({"DeletionProtection": False}, {})
    assert (note.property, note.expected, note.actual) == ("DeletionProtection", True, False)


def test_protection_that_was_turned_on_by_hand_stops_a_deletion() -> None:
    protected = {"DeletionProtection": True}
    (note,) = notes(protected, None, DeletionProtection=False)
    assert note.verdict == "rejected"
    assert "refuses to delete" in note.message


def test_without_a_template_only_what_aws_refuses_is_told() -> None:
    head = stack({**BASE, "EngineVersion": "16.9"})
    rows = resource_changes(stack(BASE), head)
    expected = Expected.of(rows, head.paths)
    (note,) = database_notes({"Instance": ACTUAL}, None, head, expected)
    assert (note.verdict, note.property) == ("rejected", "EngineVersion")
    unset = Expected.of([], head.paths)
    assert [*database_notes({"Instance": ACTUAL}, None, head, unset)] == []


def test_a_property_without_a_value_in_the_template_is_unset() -> None:
    found = {"Instance": {"DeletionProtection": True}}
    plain = stack({"EngineVersion": "17.9"})
    (note,) = database_notes(found, plain, plain, Expected.of([], plain.paths))
    assert (note.expected, note.actual) == (UNSET, True)
