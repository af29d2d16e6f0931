from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.release.preflight.properties import Properties, PseudoParameters

PSEUDO = PseudoParameters("111111111111", "eu-west-1", "catalog-dev")


def of(**values: Any) -> Properties:
    return Properties(values, PSEUDO)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("17.9", "17.9"),
        (17, "17"),
        (True, "true"),
        ({"Ref": "AWS::Region"}, "eu-west-1"),
        (
            {"Fn::Join": ["", ["com.amazonaws.", {"Ref": "AWS::Region"}, ".s3"]]},
            "com.amazonaws.eu-west-1.s3",
        ),
        (
            {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"},
            "arn:aws:iam::111111111111:root",
        ),
        ({"Fn::Sub": "${Key}"}, None),
        ({"Ref": "Key"}, None),
        ({"Fn::Join": ["", ["a", {"Ref": "Key"}]]}, None),
        ({"Fn::GetAtt": ["Key", "Arn"]}, None),
        (None, None),
    ],
)
def test_a_property_is_text_when_it_is_known_before_the_deployment(value: Any, text: str) -> None:
    assert of(Name=value).text("Name") == text


def test_numbers_may_be_text() -> None:
    assert [of(N=each).number("N") for each in (3, "100", "x", "1.5", None)] == [
        3,
        100,
        None,
        None,
        None,
    ]


def test_flags_are_true_or_absent() -> None:
    assert [of(F=each).flag("F") for each in (True, "true", False, None)] == [
        True,
        True,
        False,
        False,
    ]


def test_references_are_found_in_nested_values() -> None:
    value = [{"Ref": "A"}, {"Fn::GetAtt": ["B", "Arn"]}, {"Fn::Join": ["", [{"Ref": "C"}]]}]
    assert of(Ids=value).references("Ids") == ("A", "B", "C")
    assert of(Ids={"Fn::GetAtt": "D.Arn"}).references("Ids") == ("D",)


@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-west-1", "aws"), ("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")],
)
def test_the_partition_follows_from_the_region(region: str, partition: str) -> None:
    assert PseudoParameters("1", region, "s").partition == partition
