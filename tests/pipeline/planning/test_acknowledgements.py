"""What an acknowledgement of a change is bound to."""

from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.pipeline.planning.acknowledgements import change_digest, changes_by_id
from catalog_platform.plan.environment import resource_changes
from catalog_platform.plan.model import Change, Property
from catalog_platform.plan.stack import Stack
from support.plan_models import change, environment

TABLE, DATABASE = "AWS::DynamoDB::Table", "AWS::RDS::DBInstance"
SUBNETS = "AWS::RDS::DBSubnetGroup"


def digest(base: dict[str, Any], head: dict[str, Any], resource: str) -> str:
    """Return the digest of the change of a resource between two versions, which blocks."""
    old, new = (
        Stack(
            template={"Resources": each},
            account="1" * 12,
            region="eu-west-1",
            is_protected=True,
            paths={},
        )
        for each in (base, head)
    )
    plan = environment("prod", *resource_changes(old, new))
    changes = changes_by_id(plan)
    assert changes[resource].blocking
    return change_digest(changes[resource], changes)


def a(kind: str, **properties: Any) -> dict[str, Any]:
    """Return a resource."""
    return {"Type": kind, "Properties": properties}


def test_another_value_of_a_type_that_nothing_is_known_about_is_another_change() -> None:
    base = {"T": a(TABLE, TableClass="STANDARD", SSESpecification={"SSEEnabled": True})}
    other_class = {"T": a(TABLE, TableClass="OTHER", SSESpecification={"SSEEnabled": True})}
    plain = {"T": a(TABLE, TableClass="STANDARD", SSESpecification={"SSEEnabled": False})}
    both = {"T": a(TABLE, TableClass="OTHER", SSESpecification={"SSEEnabled": False})}
    assert len({digest(base, head, "T") for head in (other_class, plain, both)}) == 3
    assert digest(base, plain, "T") == digest(base, plain, "T")


def referring(name: str, **subnets: Any) -> dict[str, Any]:
    """Return a database in a group of subnets, which is replaced with its name."""
    return {
        "Group": a(SUBNETS, DBSubnetGroupName=name, **subnets),
        "Database": a(DATABASE, DBSubnetGroupName={"Ref": "Group"}),
        "Bucket": a("AWS::S3::Bucket", BucketName={"Fn::Sub": "${Database.Endpoint.Address}"}),
    }


@pytest.mark.parametrize("resource", ["Database", "Bucket"])
def test_what_is_replaced_by_a_reference_only_is_bound_to_what_it_refers_to(resource: str) -> None:
    base = referring("one")
    found = {digest(base, referring(name), resource) for name in ("two", "three")}
    assert len(found) == 2
    assert digest(base, referring("two"), resource) in found


def test_a_replacement_is_bound_to_all_values_of_the_new_resource() -> None:
    base = {"D": a(DATABASE, DBName="a", DeletionProtection=True)}
    same = {"D": a(DATABASE, DBName="b", DeletionProtection=True)}
    unprotected = {"D": a(DATABASE, DBName="b", DeletionProtection=False)}
    assert digest(base, same, "D") != digest(base, unprotected, "D")


def test_a_harmless_value_beside_the_harmful_one_needs_no_other_acknowledgement() -> None:
    base = {"D": a(DATABASE, BackupRetentionPeriod=7, CopyTagsToSnapshot=True)}
    heads = [
        {"D": a(DATABASE, BackupRetentionPeriod=1, CopyTagsToSnapshot=each)}
        for each in (True, False)
    ]
    assert digest(base, heads[0], "D") == digest(base, heads[1], "D")


def test_what_an_account_says_is_about_every_value_of_the_change() -> None:
    def says(new: str) -> Change:
        value = Property(path="P", old="a", new=new, verdict="safe", requires="update")
        return change("T", verdict="at_risk", properties=[value], account=["3 became 5"])

    assert change_digest(says("b"), {}) != change_digest(says("c"), {})


def test_resources_that_refer_to_each_other_have_a_digest() -> None:
    changes = {name: change(name, via=[other]) for name, other in ("AB", "BA")}
    assert change_digest(changes["A"], changes).startswith("sha256:")


def test_a_reference_to_a_resource_that_has_no_row_counts_by_its_name() -> None:
    assert change_digest(change("A", via=["B"]), {}) != change_digest(change("A", via=["C"]), {})
