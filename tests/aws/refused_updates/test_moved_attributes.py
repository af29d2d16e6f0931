"""Attributes that change while their resource is updated in place."""

from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.aws.refused_updates import moved_attributes
from catalog_platform.aws.refused_updates.update import StackUpdate


def moved(**properties: tuple[Any, Any]) -> moved_attributes.Moved:
    """Return the moving attributes of a database whose properties change."""
    sides = (
        {
            "Resources": {
                "D": {
                    "Type": "AWS::RDS::DBInstance",
                    "Properties": {name: pair[at] for name, pair in properties.items()},
                }
            }
        }
        for at in (0, 1)
    )
    return StackUpdate.between(*sides).moved


def test_a_new_port_moves_the_attribute_and_another_property_does_not() -> None:
    assert moved(Port=("1", "2")) == {("D", "Endpoint.Port")}
    assert moved(DBInstanceClass=("a", "b")) == frozenset()


def test_a_replaced_resource_moves_altogether_not_by_attribute() -> None:
    assert moved(Port=("1", "2"), DBName=("a", "b")) == frozenset()


@pytest.mark.parametrize(
    ("value", "reads"),
    [
        ({"Fn::GetAtt": ["D", "Endpoint.Port"]}, True),
        ({"Fn::GetAtt": "D.Endpoint.Port"}, True),
        ({"Fn::Join": ["", [{"Fn::GetAtt": ["D", "Endpoint.Port"]}]]}, True),
        ({"Fn::Sub": "tcp://${D.Endpoint.Port}"}, True),
        ({"Fn::Sub": ["${x}", {"x": {"Fn::GetAtt": ["D", "Endpoint.Port"]}}]}, True),
        ({"Fn::GetAtt": ["D", "Endpoint.Address"]}, False),
        ({"Ref": "D"}, False),
    ],
)
def test_every_way_to_read_an_attribute_is_found(value: Any, reads: bool) -> None:
    found = moved_attributes.referred({"A": [{"B": value}]}, frozenset({("D", "Endpoint.Port")}))
    assert bool(found) is reads


@pytest.mark.parametrize("value", [{"Ref": "C"}, {"Fn::GetAtt": ["C", "Anything"]}])
def test_a_custom_resource_may_return_anything_else_when_it_runs_again(value: Any) -> None:
    def template(version: str, description: str = "") -> dict[str, Any]:
        custom = {"Version": version}
        return {
            "Resources": {
                "C": {"Type": "Custom::C", "Properties": custom, "Metadata": description},
                "Fixed": {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": value}},
                "Free": {"Type": "AWS::SNS::Topic", "Properties": {"DisplayName": value}},
            }
        }

    update = StackUpdate.between(template("1"), template("2"))
    assert {each.logical_id for each in update.updates} == {"C", "Fixed", "Free"}
    assert dict(update.replaced) == {"Fixed": ("TopicName",)}
    assert not StackUpdate.between(template("1"), template("1", "x")).moved


def test_an_attribute_moves_through_other_resources_and_replaces() -> None:
    def template(port: str) -> dict[str, Any]:
        read = {"Fn::GetAtt": ["D", "Endpoint.Port"]}
        rule = {"FromPort": {"Fn::GetAtt": ["Parameter", "Value"]}}
        return {
            "Resources": {
                "D": {"Type": "AWS::RDS::DBInstance", "Properties": {"Port": port}},
                "Parameter": {"Type": "AWS::SSM::Parameter", "Properties": {"Value": read}},
                "Rule": {"Type": "AWS::EC2::SecurityGroupIngress", "Properties": rule},
            }
        }

    update = StackUpdate.between(template("1"), template("2"))
    assert update.moved == {("D", "Endpoint.Port"), ("Parameter", "Value")}
    assert dict(update.replaced) == {"Rule": ("FromPort",)}
