from __future__ import annotations

from msgspec import UNSET

from catalog_platform.aws.preview.drift import Difference, Drift, ResourceDrift
from catalog_platform.plan.account.drift_notes import drift_notes, property_path, unchecked
from catalog_platform.plan.account.facts import Expected
from support.plan_models import change

LEVEL = Difference("/Environment/Variables/LEVEL", "INFO", "DEBUG", "NOT_EQUAL")
EXPECTED = Expected.of([change("Touched")], {"Touched": "A/Touched", "Other": "A/Other"})


def drift(name: str, status: str, *differences: Difference) -> Drift:
    return Drift((ResourceDrift(name, "AWS::Lambda::Function", status, differences),), "")


def test_a_drifted_resource_that_the_plan_changes_is_at_risk_with_its_values() -> None:
    (note,) = drift_notes(drift("Touched", "MODIFIED", LEVEL), EXPECTED)
    assert (note.resource, note.verdict, note.property) == (
        "A/Touched",
        "at_risk",
        "Environment.Variables.LEVEL",
    )
    assert (note.expected, note.actual, note.redacted) == ("INFO", "DEBUG", UNSET)


def test_one_that_the_plan_does_not_change_is_listed() -> None:
    (note,) = drift_notes(drift("Other", "MODIFIED", LEVEL), EXPECTED)
    assert (note.resource, note.verdict, note.actual) == ("A/Other", "safe", "DEBUG")


def test_a_deleted_resource_and_one_without_a_result_are_at_risk_if_changed() -> None:
    for status in ("DELETED", "UNKNOWN"):
        (note,) = drift_notes(drift("Touched", status), EXPECTED)
        assert note.verdict == "at_risk"
    (other,) = drift_notes(drift("Other", "DELETED"), EXPECTED)
    assert other.verdict == "safe"


def test_a_resource_that_agrees_has_no_note() -> None:
    assert not [*drift_notes(drift("Touched", "IN_SYNC"), EXPECTED)]


def test_an_added_resource_has_nothing_to_differ_from() -> None:
    expected = Expected.of([change("Touched", action="add")])
    (note,) = drift_notes(drift("Touched", "MODIFIED", LEVEL), expected)
    assert note.verdict == "safe"
    assert unchecked(drift("Other", "IN_SYNC"), expected) == ()


def test_what_was_added_or_removed_by_hand_has_one_value_only() -> None:
    added = Difference("/Tags/0", "", '{"Key": "a", "Value": "b"}', "ADD")
    removed = Difference("/DisplayName", "x", "", "REMOVE")
    first, second = drift_notes(drift("Other", "MODIFIED", added, removed), EXPECTED)
    assert (first.property, first.expected, first.actual) == (
        "Tags[0]",
        UNSET,
        {"Key": "a", "Value": "b"},
    )
    assert (second.expected, second.actual) == ("x", UNSET)


def test_secrets_that_were_set_by_hand_are_not_shown() -> None:
    variables = '{"SHOP_PASSWORD": "hunter2", "LEVEL": "INFO"}'
    differences = (
        Difference("/Environment/Variables/API_KEY", "", "hunter2", "ADD"),
        Difference("/Environment/Variables", "{}", variables, "NOT_EQUAL"),
    )
    for note in drift_notes(drift("Other", "MODIFIED", *differences), EXPECTED):
        assert "hunter2" not in str(note)
        assert note.redacted is True


def test_a_changed_resource_that_was_not_checked_is_named() -> None:
    assert unchecked(drift("Touched", "NOT_CHECKED"), EXPECTED) == ("Touched",)
    assert unchecked(drift("Touched", "IN_SYNC"), EXPECTED) == ()


def test_paths_are_those_of_the_plan() -> None:
    assert property_path("/Tags/0/Value") == "Tags[0].Value"
    assert property_path("/A/b~1c~0d") == "A.b/c~d"
