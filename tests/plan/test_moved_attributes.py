"""Attributes that change while their resource is updated in place."""

from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.aws.refused_updates.update import StackUpdate
from catalog_platform.plan import moved_attributes


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
    return moved_attributes.between(StackUpdate.between(*sides))


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
    resource = {"Properties": {"A": [{"B": value}]}}
    found = moved_attributes.referred(resource, frozenset({("D", "Endpoint.Port")}))
    assert bool(found) is reads
