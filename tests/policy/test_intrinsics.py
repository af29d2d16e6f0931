from __future__ import annotations

import pytest

from catalog_platform.policy.intrinsics import (
    NO_VALUE,
    always,
    branches,
    can_be_absent,
    items,
    literals,
    references,
    texts,
)


def either(value: object, other: object) -> dict[str, object]:
    return {"Fn::If": ["IsLarge", value, other]}


def test_a_value_has_each_branch_with_its_path() -> None:
    value = either(either(1, 2), NO_VALUE)
    assert list(branches(value, "X")) == [
        ("X/Fn::If/[1]/Fn::If/[1]", 1),
        ("X/Fn::If/[1]/Fn::If/[2]", 2),
    ]


def test_items_are_those_of_a_list_or_a_single_value_in_each_branch() -> None:
    assert list(items("a", "X")) == [("X", "a")]
    assert list(items(["a", either("b", ["c"])], "X")) == [
        ("X/[0]", "a"),
        ("X/[1]/Fn::If/[1]", "b"),
        ("X/[1]/Fn::If/[2]/[0]", "c"),
    ]
    assert list(items(None, "X")) == list(items(NO_VALUE, "X")) == []


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, True),
        ("true", True),
        (either(True, "true"), True),
        (either(True, False), False),
        (either(True, NO_VALUE), False),
        ({"Ref": "Parameter"}, False),
        (None, False),
        ("false", False),
    ],
)
def test_a_value_is_always_true_if_each_branch_is(value: object, expected: bool) -> None:
    assert always(value, True) is expected


def test_a_value_can_be_absent_by_a_branch() -> None:
    assert can_be_absent(None)
    assert can_be_absent(NO_VALUE)
    assert can_be_absent(either("a", either("b", NO_VALUE)))
    assert not can_be_absent(either("a", "b"))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a", ("a",)),
        (5, ("5",)),
        (True, ("true",)),
        ({"Ref": "Bucket"}, ("${Bucket}",)),
        ({"Fn::GetAtt": ["Bucket", "Arn"]}, ("${Bucket.Arn}",)),
        ({"Fn::GetAtt": "Bucket.Arn"}, ("${Bucket.Arn}",)),
        ({"Fn::Join": ["", [{"Fn::GetAtt": ["Bucket", "Arn"]}, "/*"]]}, ("${Bucket.Arn}/*",)),
        ({"Fn::Join": ["", ["a", either("b", "c")]]}, ("ab", "ac")),
        ({"Fn::Join": ["", ["a", NO_VALUE]]}, ("a",)),
        ({"Fn::Join": ["", {"Ref": "List"}]}, ("${unknown}",)),
        (
            {"Fn::Sub": "arn:${AWS::Partition}:${Bucket.Arn}"},
            ("arn:${AWS::Partition}:${Bucket.Arn}",),
        ),
        ({"Fn::Sub": ["${a}-${b}", {"a": either("x", "y")}]}, ("x-${b}", "y-${b}")),
        ({"Fn::Sub": "${!Literal}"}, ("${Literal}",)),
        ({"Fn::Sub": {"Ref": "X"}}, ("${unknown}",)),
        ({"Fn::ImportValue": "x"}, ("${unknown}",)),
        (["a"], ("${unknown}",)),
        (either("a", NO_VALUE), ("a",)),
        (None, ()),
    ],
)
def test_a_scalar_has_these_texts(value: object, expected: tuple[str, ...]) -> None:
    assert texts(value) == expected


def test_a_value_refers_to_names_at_any_depth() -> None:
    value = [
        {"Ref": "A"},
        {"x": {"Fn::Join": ["", [{"Fn::GetAtt": ["B", "Arn"]}]]}},
        {"Fn::Sub": "${C}-${D.Arn}"},
        {"Fn::Sub": ["${e}", {"e": {"Ref": "E"}}]},
        either({"Ref": "F"}, NO_VALUE),
    ]
    assert references(value) >= {"A", "B", "C", "D", "E", "F"}
    assert references("${A}") == frozenset()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a", ["a"]),
        (7, ["7"]),
        (None, []),
        ({"Ref": "Secret"}, []),
        ({"Fn::GetAtt": ["Secret", "Arn"]}, []),
        ({"Fn::Sub": "a-${Secret.Arn}-${!b}"}, ["a--${!b}"]),
        ({"Fn::Sub": ["${A}${Secret}", {"A": "a"}]}, ["", "a"]),
        ({"Fn::Join": [":", ["a", {"Ref": "Secret"}]]}, [":", "a"]),
        ({"Fn::Select": [1, ["a", {"Ref": "Secret"}]]}, ["a"]),
        ({"Fn::Select": [0, {"Fn::Split": ["-", {"Ref": "Secret"}]}]}, []),
        ({"Fn::Base64": {"Fn::Sub": "a${Secret}"}}, ["a"]),
        (either("a", NO_VALUE), ["a"]),
        ({"Name": "a", "Rules": [{"Id": "b"}]}, ["a", "b"]),
    ],
)
def test_the_texts_of_a_value_itself_are_without_what_it_refers_to(
    value: object, expected: list[str]
) -> None:
    assert list(literals(value)) == expected
