from __future__ import annotations

import pytest

from catalog_platform.policy.template_values import (
    at,
    at_least,
    is_false,
    is_true,
    items,
    number,
    reference,
    references,
)


@pytest.mark.parametrize(("value", "expected"), [(7, 7), ("7", 7), (0, 0), ("0", 0)])
def test_a_literal_number_can_be_text(value: object, expected: int) -> None:
    assert number(value) == expected


@pytest.mark.parametrize("value", [None, True, "", "-1", "1.5", "²", 1.5, {"Ref": "Days"}, [7]])
def test_other_values_are_no_number_and_below_every_minimum(value: object) -> None:
    assert number(value) is None
    assert not at_least(value, 0)


def test_a_minimum_is_inclusive() -> None:
    assert at_least(7, 7)
    assert not at_least("6", 7)


@pytest.mark.parametrize("value", [True, "true"])
def test_true_can_be_text(value: object) -> None:
    assert is_true(value)
    assert not is_false(value)


@pytest.mark.parametrize("value", [False, "false"])
def test_false_can_be_text(value: object) -> None:
    assert is_false(value)
    assert not is_true(value)


@pytest.mark.parametrize("value", [None, 0, 1, "", "True?", {"Fn::If": ["C", True, True]}])
def test_other_values_are_neither_true_nor_false(value: object) -> None:
    assert not is_true(value)
    assert not is_false(value)


@pytest.mark.parametrize(
    "value",
    [
        {"Ref": "Key"},
        {"Fn::GetAtt": ["Key", "Arn"]},
        {"Fn::GetAtt": "Key.Arn"},
        {"Fn::Sub": "${Key.Arn}"},
        {"Fn::Sub": "${Key}"},
    ],
)
def test_a_reference_is_the_complete_value(value: object) -> None:
    assert reference(value) == "Key"
    assert set(references({"Rules": [{"Target": value}]})) == {"Key"}


@pytest.mark.parametrize(
    "value",
    [
        None,
        "Key",
        {"Fn::Sub": "x${Key}"},
        {"Ref": "Key", "Other": 1},
        {"Fn::GetAtt": []},
        {"Fn::If": ["C", {"Ref": "Key"}, {"Ref": "Key"}]},
    ],
)
def test_a_part_of_a_value_or_a_choice_is_no_reference(value: object) -> None:
    assert reference(value) == ""


def test_a_join_and_a_substitution_refer_to_their_parts() -> None:
    joined = {"Fn::Join": ["", ["arn:", {"Ref": "One"}, {"Fn::Sub": "${Two.Arn}-${Three}"}]]}
    assert set(references(joined)) == {"One", "Two", "Three"}


def test_what_a_condition_selects_is_not_referred_to() -> None:
    assert not set(references([{"Fn::If": ["C", {"Ref": "Key"}, {"Ref": "Key"}]}]))


def test_a_path_leads_through_mappings_and_lists() -> None:
    node = {"Rules": [{"Status": "Enabled"}]}
    assert at(node, "Rules/0/Status") == "Enabled"
    for path in ("Rules/1/Status", "Rules/x", "Rules/0/Status/More", "None"):
        assert at(node, path) is None


def test_a_single_value_counts_as_a_list_of_it() -> None:
    assert (items(None), items([1]), items({"a": 1})) == ([], [1], [{"a": 1}])
