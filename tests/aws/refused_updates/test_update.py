"""References, and the replacements that follow from them."""

from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.aws.refused_updates.update import StackUpdate, references


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "A"}, ["A"]),
        ({"Fn::GetAtt": ["A", "Arn"]}, ["A"]),
        ({"Fn::GetAtt": "A.Arn"}, ["A"]),
        ({"Fn::Join": ["", ["x", {"Ref": "A"}, {"Ref": "B"}]]}, ["A", "B"]),
        ({"Fn::Sub": "arn:${A}:${B.Arn}"}, ["A", "B"]),
        ({"Fn::Sub": ["${x}", {"x": {"Ref": "A"}}]}, ["x", "A"]),
        ("Ref", []),
        (None, []),
    ],
)
def test_every_kind_of_reference_is_found(value: Any, expected: list[str]) -> None:
    assert [*references(value)] == expected


def test_a_replacement_spreads_along_create_only_properties() -> None:
    def resources(cidr: str) -> dict[str, Any]:
        return {
            "Resources": {
                "Association": {
                    "Type": "AWS::EC2::SubnetRouteTableAssociation",
                    "Properties": {"SubnetId": {"Ref": "Subnet"}},
                },
                "Subnet": {"Type": "AWS::EC2::Subnet", "Properties": {"VpcId": {"Ref": "Vpc"}}},
                "Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": cidr}},
                "Function": {
                    "Type": "AWS::Lambda::Function",
                    "Properties": {"VpcConfig": {"SubnetIds": [{"Ref": "Subnet"}]}},
                },
            }
        }

    update = StackUpdate.between(resources("10.0.0.0/16"), resources("10.1.0.0/16"))
    assert dict(update.replaced) == {
        "Vpc": ("CidrBlock",),
        "Subnet": ("VpcId",),
        "Association": ("SubnetId",),
    }
    # The function changes in place.
    assert {each.logical_id for each in update.updates} == {*update.replaced, "Function"}


def test_another_type_under_the_same_logical_id_counts_as_a_replacement_for_what_refers_to_it() -> (
    None
):
    update = StackUpdate.between(
        {"Resources": {"R": {"Type": "AWS::SQS::Queue"}}},
        {"Resources": {"R": {"Type": "AWS::SNS::Topic"}}},
    )
    assert update.replaced == {"R": ("Type",)}
