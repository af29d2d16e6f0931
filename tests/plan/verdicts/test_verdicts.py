"""Every row of the table of verdicts reports its change, and no harmless one."""

from __future__ import annotations

import datetime

import pytest

from catalog_platform.aws.refused_updates.update import ResourceUpdate, StackUpdate
from catalog_platform.plan.verdict import Verdict
from catalog_platform.plan.verdicts import ROWS, judge
from catalog_platform.plan.verdicts.decided import DECIDED
from catalog_platform.plan.verdicts.lifecycle import Judgement
from catalog_platform.plan.verdicts.row import Row
from support.harmless_changes import QUIET
from support.template_properties import Properties
from support.verdict_cases import BITES, DATABASE, PROXY, Case


def update(kind: str, old: Properties, new: Properties) -> ResourceUpdate:
    """Return the update of one resource in place."""
    sides = tuple({"Resources": {"R": {"Type": kind, "Properties": each}}} for each in (old, new))
    stack = StackUpdate.between(*sides)
    return ResourceUpdate(stack, "R", stack.base["R"], stack.head["R"])


def _judged(kind: str, old: Properties, new: Properties | None) -> list[Judgement]:
    """Return what is known about an update of one resource, or its removal."""
    if new is not None:
        return judge(update(kind, old, new))
    base = {"R": {"Type": kind, "Properties": old}}
    (removal,) = StackUpdate.between({"Resources": base}, {"Resources": {}}).updates
    return judge(removal)


def verdicts(kind: str, old: Properties, new: Properties) -> set[str]:
    """Return the verdicts that are given for one resource."""
    return {each.verdict.value for each in judge(update(kind, old, new))}


def _title(case: Case) -> str:
    kind, old, new, verdict = case
    return f"{kind.rpartition(':')[2]} {'-'.join({**old, **new})} {verdict}"


@pytest.mark.parametrize("case", BITES, ids=_title)
def test_a_row_bites(case: Case) -> None:
    kind, old, new, verdict = case
    assert verdict in verdicts(kind, old, new)


@pytest.mark.parametrize(("kind", "old", "new"), QUIET)
def test_the_harmless_direction_is_safe(kind: str, old: Properties, new: Properties) -> None:
    assert verdicts(kind, old, new) == {"safe"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.type} {row.property} {row.verdict}")
def test_every_row_has_a_case(row: Row) -> None:
    assert any(row.concerns(update(kind, old, new)) for kind, old, new, _ in BITES)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.type} {row.property} {row.verdict}")
def test_every_row_is_of_a_decided_type_and_has_a_source(row: Row) -> None:
    assert row.type in DECIDED
    assert row.source.startswith("https://docs.aws.amazon.com/")
    assert row.verdict is not Verdict.SAFE
    assert datetime.date.fromisoformat(row.checked)


TABLE = "AWS::DynamoDB::Table"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"BillingMode": "A"}, {"BillingMode": "B"}),
        ({"TableName": "a"}, {"TableName": "b"}),
        ({"TableName": "a"}, None),
    ],
    ids=["update", "replacement", "removal"],
)
def test_nothing_is_called_safe_of_a_type_that_was_not_decided(
    old: Properties, new: Properties | None
) -> None:
    found = max(_judged(TABLE, old, new), key=lambda each: each.verdict.rank)
    assert found.verdict is Verdict.AT_RISK
    assert TABLE in found.explanation


def test_an_addition_and_a_retained_removal_of_an_undecided_type_are_not_at_risk() -> None:
    kept = {"Type": TABLE, "Properties": {}, "DeletionPolicy": "Retain"}
    for base, head, verdict in (({}, {"R": kept}, "safe"), ({"R": kept}, {}, "orphaned")):
        (each,) = StackUpdate.between({"Resources": base}, {"Resources": head}).updates
        assert {found.verdict.value for found in judge(each)} == {verdict}


def test_each_changed_property_of_an_undecided_type_has_the_judgement() -> None:
    old, new = {"A": 1, "B": {"C": 1}, "D": 1}, {"A": 2, "B": {"C": 2}, "D": 1}
    found = [each for each in _judged(TABLE, old, new) if each.verdict is Verdict.AT_RISK]
    assert [each.path for each in found] == ["A", "B"]


@pytest.mark.parametrize("name", ["DeletionPolicy", "UpdatePolicy", "Condition"])
def test_an_attribute_of_an_undecided_type_has_the_judgement_too(name: str) -> None:
    group = {"Type": "AWS::AutoScaling::AutoScalingGroup", "Properties": {}}
    sides = {"R": {**group, name: "Retain"}}, {"R": {**group, name: "Delete"}}
    (each,) = StackUpdate.between(*({"Resources": side} for side in sides)).updates
    assert (Verdict.AT_RISK, name) in {(found.verdict, found.path) for found in judge(each)}


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        (PROXY, {"DBProxyName": "a", "RequireTLS": True}, {"DBProxyName": "b"}),
        ("AWS::SNS::Topic", {"KmsMasterKeyId": "k"}, {"TopicName": "fixed"}),
        ("AWS::EC2::FlowLog", {"TrafficType": "ALL"}, {"TrafficType": "REJECT"}),
        (
            "AWS::RDS::DBParameterGroup",
            {"Description": "a", "Parameters": {"rds.force_ssl": "1"}},
            {"Description": "b", "Parameters": {"rds.force_ssl": "0"}},
        ),
    ],
)
def test_a_replacement_does_not_hide_a_lost_protection(
    kind: str, old: Properties, new: Properties
) -> None:
    assert update(kind, old, new).is_replaced
    assert "unprotected" in verdicts(kind, old, new)


def test_the_properties_that_replace_a_resource_have_its_judgement() -> None:
    old, new = {"TopicName": "a", "DisplayName": "x"}, {"TopicName": "b", "DisplayName": "y"}
    assert [each.path for each in _judged("AWS::SNS::Topic", old, new)] == ["TopicName"]


def test_another_condition_decides_whether_a_resource_exists() -> None:
    resource = {"Type": "AWS::S3::Bucket", "Properties": {}}
    sides = {"R": resource}, {"R": {**resource, "Condition": "Enabled"}}
    (each,) = StackUpdate.between(*({"Resources": side} for side in sides)).updates
    assert "at_risk" in {found.verdict.value for found in judge(each)}


def test_what_aws_refuses_is_rejected() -> None:
    assert "rejected" in verdicts(DATABASE, {"AllocatedStorage": "9"}, {"AllocatedStorage": "8"})


def test_a_function_behind_a_custom_resource_is_called_again() -> None:
    found = judge(update("Custom::Schema", {"Digest": "a"}, {"Digest": "b"}))
    assert [each.explanation for each in found] == [
        "its function is called again with the new properties"
    ]
