"""The comparison of one environment's stacks in the form of the plan."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from msgspec import UNSET

from catalog_platform.plan.environment import changes_of_stack, resource_changes, worst_of
from catalog_platform.plan.stack import Stack
from catalog_platform.plan.verdict import Verdict

DATABASE = "AWS::RDS::DBInstance"


def stack(**properties: Any) -> Stack:
    """Return a stack with one database."""
    resources = {"D": {"Type": DATABASE, "Properties": properties, "DeletionPolicy": "Retain"}}
    return Stack(
        template={"Resources": resources},
        account="111111111111",
        region="eu-west-1",
        is_protected=True,
        paths={"D": "Database/Instance"},
    )


def test_a_change_has_the_worst_verdict_of_its_properties_and_all_explanations() -> None:
    base = stack(DBInstanceClass="a", BackupRetentionPeriod=7, CopyTagsToSnapshot=True)
    head = stack(DBInstanceClass="b", BackupRetentionPeriod=1, CopyTagsToSnapshot=False)
    (change,) = resource_changes(base, head)
    assert (change.resource, change.action, change.verdict) == (
        "Database/Instance",
        "update",
        "lost",
    )
    assert change.blocking
    assert "backups older" in change.explanation
    assert "restarts" in change.explanation
    assert {each.path: (each.old, each.new, each.verdict) for each in change.properties} == {
        "BackupRetentionPeriod": (7, 1, "lost"),
        "CopyTagsToSnapshot": (True, False, "safe"),
        "DBInstanceClass": ("a", "b", "interrupts"),
    }


def test_a_property_that_requires_a_replacement_says_so() -> None:
    (change,) = resource_changes(stack(DBName="a"), stack(DBName="b"))
    assert (change.action, change.retained) == ("replace", False)
    assert change.properties[0].requires == "replacement"


def test_every_value_of_a_type_that_nothing_is_known_about_has_the_verdict_of_its_change() -> None:
    base, head = (
        Stack(
            template={"Resources": {"T": {"Type": "AWS::DynamoDB::Table", "Properties": values}}},
            account="111111111111",
            region="eu-west-1",
            is_protected=True,
            paths={},
        )
        for values in (
            {"TableClass": "STANDARD", "SSESpecification": {"SSEEnabled": True}},
            {"TableClass": "STANDARD_INFREQUENT_ACCESS", "SSESpecification": {"SSEEnabled": False}},
        )
    )
    (change,) = resource_changes(base, head)
    assert {each.path: each.verdict for each in change.properties} == {
        "SSESpecification.SSEEnabled": "at_risk",
        "TableClass": "at_risk",
    }


def test_a_value_that_does_not_cause_the_replacement_has_its_own_verdict() -> None:
    base, head = stack(DBName="a", Port="5432"), stack(DBName="b", Port="5433")
    (change,) = resource_changes(base, head)
    verdicts = {each.path: each.verdict for each in change.properties}
    assert verdicts == {"DBName": change.verdict, "Port": "safe"}


def test_the_literal_value_of_a_secret_is_not_in_the_plan() -> None:
    (change,) = resource_changes(
        stack(MasterUserPassword="hunter2"), stack(MasterUserPassword="hunter3")
    )
    assert change.properties[0].redacted is True
    assert "hunter" not in str(change)


def test_a_property_that_a_side_does_not_set_has_no_value_there() -> None:
    (change,) = resource_changes(stack(), stack(Port="5433"))
    assert (change.properties[0].old, change.properties[0].new) == (UNSET, "5433")


def test_a_new_environment_is_created_and_a_removed_one_stays_deployed() -> None:
    (created,) = resource_changes(None, stack())
    assert (created.action, created.verdict) == ("add", "safe")
    (removed,) = resource_changes(stack(), None)
    assert (removed.action, removed.verdict, removed.retained) == ("remove", "orphaned", True)
    assert "deletes no stack" in removed.explanation


def test_another_region_creates_everything_anew() -> None:
    there = replace(stack(), region="eu-west-2")
    (change,) = resource_changes(stack(), there)
    assert change.action == "add"
    (of_stack,) = changes_of_stack(stack(), there)
    assert (of_stack.type, of_stack.verdict, of_stack.blocking) == ("stack", "at_risk", True)
    assert worst_of((change, of_stack)) is Verdict.AT_RISK


def test_a_stack_that_is_not_there_has_no_changes_of_its_own() -> None:
    assert changes_of_stack(None, stack()) == []
    assert resource_changes(None, None) == []


def test_a_condition_that_flips_is_a_change_of_the_stack_that_leaves_nothing_behind() -> None:
    base, head = (
        replace(stack(), template={**stack().template, "Conditions": {"C": {"Fn::Equals": pair}}})
        for pair in (["a", "a"], ["a", "b"])
    )
    assert resource_changes(base, head) == []
    (change,) = changes_of_stack(base, head)
    assert (change.verdict, change.blocking, change.retained) == ("at_risk", True, False)
    assert [each.path for each in change.properties] == ["Conditions"]


def test_each_property_of_a_type_that_is_in_no_table_has_the_verdict_of_the_change() -> None:
    def table(**properties: Any) -> Stack:
        resource = {"Type": "AWS::DynamoDB::Table", "Properties": properties}
        return replace(stack(), template={"Resources": {"D": resource}})

    tags = [{"Key": "owner", "Value": "a"}]
    (change,) = resource_changes(table(A=1, B={"C": 1}), table(A=2, B={"C": 2}, Tags=tags))
    assert change.verdict == "at_risk"
    assert {each.path: each.verdict for each in change.properties} == dict.fromkeys(
        ("A", "B.C", "Tags"), "at_risk"
    )
    assert change.explanation.count("nothing is known") == 1
