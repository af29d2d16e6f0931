"""Rows for all that changes, and for nothing else."""

from __future__ import annotations

from typing import Any

from catalog_platform.plan.changes import ResourceChange, changes
from catalog_platform.plan.stack import Stack
from catalog_platform.plan.verdict import Verdict

VPC = "AWS::EC2::VPC"
SUBNET = "AWS::EC2::Subnet"
DATABASE = "AWS::RDS::DBInstance"
TOPIC = "AWS::SNS::Topic"


def resource(kind: str, properties: dict[str, Any], **attributes: Any) -> dict[str, Any]:
    """Return a resource of a template."""
    return {"Type": kind, "Properties": properties, **attributes}


def stack(**resources: dict[str, Any]) -> Stack:
    """Return a stack; its construct paths are `Path/` and the logical id."""
    return Stack(
        template={"Resources": resources},
        account="111111111111",
        region="eu-west-1",
        is_protected=True,
        paths={name: f"Path/{name}" for name in resources},
    )


def rows(base: Stack, head: Stack) -> dict[str, ResourceChange]:
    """Return the changes by logical id."""
    return {each.logical_id: each for each in changes(base, head)}


def network(cidr: str) -> Stack:
    """Return a VPC with a subnet, and a topic that has nothing to do with them."""
    return stack(
        Vpc=resource(VPC, {"CidrBlock": cidr}),
        Subnet=resource(SUBNET, {"VpcId": {"Ref": "Vpc"}, "CidrBlock": "10.0.0.0/24"}),
        Group=resource("AWS::RDS::DBSubnetGroup", {"SubnetIds": [{"Ref": "Subnet"}]}),
        Topic=resource(TOPIC, {"DisplayName": "x"}),
    )


def test_equal_stacks_have_no_changes() -> None:
    assert changes(network("10.0.0.0/16"), network("10.0.0.0/16")) == ()


def test_what_refers_to_a_replaced_resource_changes_with_it() -> None:
    found = rows(network("10.0.0.0/16"), network("10.1.0.0/16"))
    assert {name: each.action for name, each in found.items()} == {
        "Vpc": "replace",
        "Subnet": "replace",
        "Group": "update",
    }
    assert found["Vpc"].replaced_by == ("CidrBlock",)
    assert found["Subnet"].via == ("Vpc",)
    assert found["Group"].via == ("Subnet",)


def test_the_worst_change_comes_first() -> None:
    base = stack(
        A=resource(TOPIC, {"DisplayName": "x"}), B=resource(DATABASE, {"DBInstanceClass": "x"})
    )
    head = stack(
        A=resource(TOPIC, {"DisplayName": "y"}), B=resource(DATABASE, {"DBInstanceClass": "y"})
    )
    assert [each.resource for each in changes(base, head)] == ["Path/B", "Path/A"]


def test_metadata_and_an_order_of_creation_are_no_row() -> None:
    base = stack(A=resource(TOPIC, {}, Metadata={"a": 1}), B=resource(TOPIC, {}, DependsOn=["A"]))
    assert changes(base, stack(A=resource(TOPIC, {}), B=resource(TOPIC, {}))) == ()


def test_a_resource_that_reads_a_moving_attribute_is_updated() -> None:
    def with_port(port: str) -> Stack:
        function = {"Environment": {"Variables": {"PORT": {"Fn::GetAtt": ["D", "Endpoint.Port"]}}}}
        other = {"Environment": {"Variables": {"HOST": {"Fn::Sub": "${D.Endpoint.Address}"}}}}
        return stack(
            D=resource(DATABASE, {"Port": port}),
            Reads=resource("AWS::Lambda::Function", function),
            ReadsAnother=resource("AWS::Lambda::Function", other),
        )

    found = rows(with_port("5432"), with_port("5433"))
    assert set(found) == {"D", "Reads"}
    assert found["Reads"].via == ("D",)


def test_an_added_and_a_removed_resource_have_no_values() -> None:
    found = rows(stack(A=resource(TOPIC, {"DisplayName": "x"})), stack(B=resource(TOPIC, {})))
    assert {name: (each.action, each.values) for name, each in found.items()} == {
        "A": ("remove", ()),
        "B": ("add", ()),
    }


def test_a_resource_without_a_construct_path_is_called_by_its_logical_id() -> None:
    base = Stack(template={"Resources": {}}, account="", region="", is_protected=False, paths={})
    head = stack(A=resource(TOPIC, {}))
    (found,) = changes(base, Stack(**{**_fields(head), "paths": {}}))
    assert found.resource == "A"


def test_a_custom_resource_runs_again() -> None:
    base, head = (stack(A=resource("Custom::Schema", {"Digest": each})) for each in "ab")
    (found,) = changes(base, head)
    assert (found.action, found.verdict) == ("rerun", Verdict.SAFE)


def test_a_replaced_resource_tells_whether_the_old_one_stays() -> None:
    def named(name: str, policy: str) -> Stack:
        return stack(A=resource("AWS::Kinesis::Stream", {"Name": name}, UpdateReplacePolicy=policy))

    for policy, stays, verdict in (("Retain", True, "at_risk"), ("Delete", False, "lost")):
        (found,) = changes(named("a", policy), named("b", policy))
        assert (found.action, found.is_retained) == ("replace", stays)
        assert found.verdict.value == verdict


def test_a_protected_resource_stays_when_it_is_removed_or_replaced() -> None:
    def database(name: str, protected: bool, policy: str = "Snapshot") -> Stack:
        values = {"DBInstanceIdentifier": name, "DeletionProtection": protected}
        policies = {"UpdateReplacePolicy": policy, "DeletionPolicy": policy}
        return stack(A=resource(DATABASE, values, **policies))

    for before, stays in ((True, True), (False, False)):
        # Only the deployed protection counts: the new one is for the new resource.
        for head in (database("b", True), database("b", False), stack()):
            (found,) = changes(database("a", before), head)
            assert (found.action in ("replace", "remove"), found.is_retained) == (True, stays)
    (found,) = changes(database("a", True), database("a", False))
    assert (found.action, found.is_retained) == ("update", False)


def _fields(found: Stack) -> dict[str, Any]:
    return {name: getattr(found, name) for name in found.__slots__}
