from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.aws.preview.change_set import PlannedChange
from catalog_platform.plan.account.change_set_notes import change_set_notes
from catalog_platform.plan.account.facts import Expected
from catalog_platform.plan.model import Note, Property
from catalog_platform.plan.stack import Stack
from support.plan_models import change


def planned(action: str, **values: Any) -> PlannedChange:
    made = {"replacement": "", "policy": "", "scope": ("Properties",), "causes": ()}
    return PlannedChange(logical_id="R", type="T", action=action, **{**made, **values})


def notes(found: PlannedChange | None, row: dict[str, Any] | None) -> list[Note]:
    expected = Expected.of([] if row is None else [change("R", **row)], {"R": "Path/R"})
    return [*change_set_notes([] if found is None else [found], expected, None)]


UPDATE, REPLACE = {"action": "update"}, {"action": "replace"}


@pytest.mark.parametrize(
    ("found", "row"),
    [
        (planned("Add"), {"action": "add"}),
        (planned("Remove"), {"action": "remove"}),
        (planned("Modify", replacement="False"), UPDATE),
        (planned("Modify", replacement="False"), {"action": "rerun"}),
        (planned("Modify", replacement="True"), REPLACE),
        (planned("Modify", replacement="Conditional"), REPLACE),
        (planned("Modify", replacement="False", scope=("Metadata",)), None),
        (planned("Remove", policy="Delete"), {"action": "remove"}),
    ],
)
def test_where_both_agree_there_is_no_note(
    found: PlannedChange, row: dict[str, Any] | None
) -> None:
    assert notes(found, row) == []


@pytest.mark.parametrize(
    ("found", "row", "message"),
    [
        (
            planned("Modify", replacement="Conditional", causes=("Engine",)),
            UPDATE,
            "CloudFormation says conditional replacement because of Engine",
        ),
        (planned("Modify", replacement="True"), UPDATE, "CloudFormation says replacement"),
        (planned("Modify", replacement="True"), None, "CloudFormation says replacement"),
        (planned("Remove"), None, "CloudFormation removes it, but the templates don't change it"),
        (planned("Remove"), UPDATE, "CloudFormation removes it, but the templates update it"),
        (planned("Add"), UPDATE, "CloudFormation adds it, but the templates update it"),
        (planned("Dynamic"), UPDATE, "can't tell"),
        (
            planned("Remove", policy="Delete"),
            {"action": "remove", "retained": True},
            "CloudFormation deletes it (Delete); the template retains it",
        ),
        (
            planned("Modify", replacement="False", scope=("DeletionPolicy",)),
            UPDATE,
            "CloudFormation changes its DeletionPolicy",
        ),
    ],
)
def test_where_cloudformation_is_worse_it_is_at_risk(
    found: PlannedChange, row: dict[str, Any] | None, message: str
) -> None:
    (note,) = notes(found, row)
    assert (note.resource, note.verdict, note.question) == ("Path/R", "at_risk", "change_set")
    assert message in note.message


@pytest.mark.parametrize("protected", [True, "true", False])
def test_a_resource_that_its_deletion_protection_keeps_is_not_called_deleted(
    protected: object,
) -> None:
    resource = {"Type": "T", "Properties": {"DeletionProtection": protected}}
    deployed = Stack(
        template={"Resources": {"R": resource}}, account="", region="", is_protected=True, paths={}
    )
    expected = Expected.of([change("R", action="remove", retained=True)], {"R": "Path/R"})
    found = [planned("Remove", policy="Delete")]
    messages = [each.message for each in change_set_notes(found, expected, deployed)]
    assert messages == (
        [] if protected else ["CloudFormation deletes it (Delete); the template retains it"]
    )


@pytest.mark.parametrize(
    ("found", "row", "message"),
    [
        (planned("Modify", replacement="False"), REPLACE, "CloudFormation says no replacement"),
        (planned("Modify", replacement="False"), None, "CloudFormation updates it (Properties)"),
        (planned("Import"), {"action": "add"}, "imports it"),
        (None, UPDATE, "CloudFormation's change set doesn't contain it"),
    ],
)
def test_where_the_templates_are_worse_it_is_told_only(
    found: PlannedChange | None, row: dict[str, Any] | None, message: str
) -> None:
    (note,) = notes(found, row)
    assert note.verdict == "safe"
    assert message in note.message


def test_a_policy_that_both_change_is_agreed_on() -> None:
    policy = Property(
        path="DeletionPolicy", old="Retain", new="Delete", verdict="safe", requires="update"
    )
    found = planned("Modify", replacement="False", scope=("DeletionPolicy",))
    assert notes(found, {"properties": [policy]}) == []
