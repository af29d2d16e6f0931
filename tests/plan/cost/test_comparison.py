"""The cost of an environment before and after a merge."""

from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.plan.cost.bill import bill
from catalog_platform.plan.cost.comparison import compare
from catalog_platform.plan.environment import resource_changes
from catalog_platform.plan.model import Cost
from catalog_platform.plan.stack import Stack
from support.costs import prices, production, stack_of

KEY = {"Type": "AWS::KMS::Key", "Properties": {}}
STREAM = {"Type": "AWS::Kinesis::Stream", "Properties": {"ShardCount": 1}}


def cost(base: Stack | None, head: Stack | None) -> Cost:
    """Return the cost of a merge, with the changes that the plan finds."""
    return compare(base, head, resource_changes(base, head), prices())


def numbers(found: Cost) -> tuple[float, float, float]:
    """Return old, new and difference."""
    return found.old, found.new, found.difference


def test_without_changes_the_difference_is_zero() -> None:
    found = cost(production(), production())
    assert found.old == found.new == float(bill(production(), prices()).total)
    assert (found.difference, found.currency, found.assumptions) == (0, "USD", [])


def test_the_difference_is_that_of_the_lines() -> None:
    head = stack_of({"S": {**STREAM, "Properties": {"ShardCount": 3}}})
    assert numbers(cost(stack_of({"S": STREAM}), head)) == (12.41, 37.23, 24.82)


def test_an_added_environment_costs_all_of_it() -> None:
    assert numbers(cost(None, stack_of({"S": STREAM}))) == (0, 12.41, 12.41)


def test_a_removed_environment_stays_on_the_bill_because_a_merge_deletes_no_stack() -> None:
    found = cost(stack_of({"S": STREAM}), None)
    assert numbers(found) == (12.41, 12.41, 0)
    assert found.assumptions == ["the deployed stack stays in the account: 12.41 USD"]


def test_an_environment_that_moves_stays_on_the_bill_where_it_was() -> None:
    base, head = stack_of({"S": STREAM}), stack_of({"S": STREAM}, account="2" * 12)
    assert numbers(cost(base, head)) == (12.41, 24.82, 12.41)


def test_the_stack_of_a_renamed_environment_stays_on_the_bill_beside_the_new_one() -> None:
    base = head = stack_of({"S": STREAM})
    found = compare(base, head, resource_changes(None, head), prices(), is_renamed=True)
    assert numbers(found) == (12.41, 24.82, 12.41)
    assert found.assumptions == ["the deployed stack stays in the account: 12.41 USD"]


@pytest.mark.parametrize(("policy", "new"), [("Retain", 13.41), ("Delete", 1.0), ("Snapshot", 1.0)])
def test_a_removed_resource_that_is_retained_stays_on_the_bill(policy: str, new: float) -> None:
    stream: dict[str, Any] = {**STREAM, "DeletionPolicy": policy}
    found = cost(stack_of({"S": stream, "K": KEY}), stack_of({"K": KEY}))
    assert numbers(found) == (13.41, new, round(new - 13.41, 2))
    stays = ["S stays in the account: 12.41 USD"]
    assert found.assumptions == (stays if policy == "Retain" else [])


def database(identifier: str) -> dict[str, Any]:
    """Return a database that is protected from deletion, and leaves a snapshot without that."""
    return {
        "Type": "AWS::RDS::DBInstance",
        "DeletionPolicy": "Snapshot",
        "UpdateReplacePolicy": "Snapshot",
        "Properties": {
            "DBInstanceIdentifier": identifier,
            "DBInstanceClass": "db.r6g.large",
            "Engine": "postgres",
            "StorageType": "gp3",
            "AllocatedStorage": "100",
            "DeletionProtection": True,
        },
    }


def test_a_removed_resource_whose_deletion_is_stopped_stays_on_the_bill() -> None:
    found = cost(stack_of({"D": database("a"), "K": KEY}), stack_of({"K": KEY}))
    assert found.difference == 0
    assert len(found.assumptions) == 1


def test_a_replaced_resource_whose_deletion_is_stopped_is_on_the_bill_twice() -> None:
    found = cost(stack_of({"D": database("a")}), stack_of({"D": database("b")}))
    assert found.new == pytest.approx(2 * found.old, abs=0.005)
    assert [each.partition(":")[0] for each in found.assumptions] == ["D stays in the account"]


def test_a_replaced_resource_that_is_retained_is_on_the_bill_twice() -> None:
    old: dict[str, Any] = {**STREAM, "UpdateReplacePolicy": "Retain"}
    new = {**old, "Properties": {"ShardCount": 1, "Name": "other"}}
    assert numbers(cost(stack_of({"S": old}), stack_of({"S": new}))) == (12.41, 24.82, 12.41)


def test_the_date_is_that_of_the_oldest_price_and_unknown_parts_of_both_sides_are_named() -> None:
    base = stack_of({"S": {**STREAM, "Properties": {}}})
    head = stack_of({"S": STREAM, "T": {"Type": "AWS::DynamoDB::Table"}})
    found = cost(base, head)
    assert found.unknown == [
        "S: ShardCount is unset",
        "T: nothing is known about AWS::DynamoDB::Table",
    ]
    date = prices().prices["kinesis.shard_hour", "eu-west-1"].as_of
    assert found.as_of == str(date)
    assert cost(None, stack_of({})).as_of == ""
