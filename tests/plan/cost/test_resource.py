"""Literal properties of a resource."""

from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.plan.cost.resource import Resource, UnstatedError
from support.costs import stack_of


def resource(**properties: Any) -> Resource:
    """Return a resource with these properties, and one that it may refer to."""
    made = {"R": {"Type": "A", "Properties": properties}, "B": {"Type": "B"}}
    return Resource(stack_of(made), "R")


def test_numbers_may_be_text_and_have_defaults() -> None:
    assert [resource(N=value).number("N") for value in (3, "4")] == [3, 4]
    assert resource().number("N", 5) == 5
    assert resource().text("T", "x") == "x"
    assert resource().flag("F") is False


@pytest.mark.parametrize("value", [None, True, {"Ref": "P"}, "many"])
def test_what_is_no_literal_number_is_not_guessed(value: Any) -> None:
    with pytest.raises(UnstatedError, match="N is "):
        resource(N=value).number("N")


@pytest.mark.parametrize("value", [None, "", {"Ref": "P"}])
def test_what_is_no_literal_text_or_flag_is_not_guessed(value: Any) -> None:
    with pytest.raises(UnstatedError, match="T is "):
        resource(T=value).text("T")
    with pytest.raises(UnstatedError, match="T is "):
        resource(T=value).flag("T")


def test_resources_of_a_type_are_found_by_reference() -> None:
    found = resource(X=[{"Ref": "B"}, {"Fn::GetAtt": ["B", "Arn"]}, {"Ref": "Gone"}])
    assert {each.logical_id for each in found.referred("X", "B")} == {"B"}
    assert [*found.referred("X", "A")] == []


def test_a_nested_property_is_found_by_its_path() -> None:
    made = resource(A={"B": "x"}, L=[{"a": 1}])
    assert (made.value("A.B"), made.value("A.C", 3), made.value("Z.B")) == ("x", 3, None)
    assert (made.mappings("L"), made.mappings("M")) == ([{"a": 1}], [])


@pytest.mark.parametrize("value", [{"Ref": "P"}, {"Fn::If": ["c", {}, {}]}, [], "x"])
def test_what_is_below_an_intrinsic_function_is_not_guessed(value: Any) -> None:
    with pytest.raises(UnstatedError, match=r"A\.B is not literal"):
        resource(A=value).value("A.B")


@pytest.mark.parametrize("value", [{"Ref": "P"}, [{"Ref": "P"}], ["x"], "x"])
def test_what_is_no_literal_list_of_mappings_is_not_guessed(value: Any) -> None:
    with pytest.raises(UnstatedError, match="A is no "):
        resource(A=value).mappings("A")
