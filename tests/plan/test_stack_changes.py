"""What changes outside of the resources: account, region, protection, other sections."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from catalog_platform.plan.stack import Stack
from catalog_platform.plan.stack_changes import is_another_stack, stack_changes

STACK = Stack(
    template={"Resources": {}},
    account="111111111111",
    region="eu-west-1",
    is_protected=True,
    paths={},
)


def test_equal_stacks_have_no_changes() -> None:
    assert stack_changes(STACK, STACK) == ()
    assert not is_another_stack(STACK, STACK)


@pytest.mark.parametrize(
    ("other", "path"),
    [(replace(STACK, account="2" * 12), "account"), (replace(STACK, region="x"), "region")],
)
def test_another_account_or_region_is_another_stack(other: Stack, path: str) -> None:
    ((change, judgement),) = stack_changes(STACK, other)
    assert (change.path, judgement.verdict.value) == (path, "at_risk")
    assert is_another_stack(STACK, other)


def test_protection_that_goes_is_a_protection_less_and_one_that_comes_is_safe() -> None:
    open_stack = replace(STACK, is_protected=False)
    ((_, judgement),) = stack_changes(STACK, open_stack)
    assert judgement.verdict.value == "unprotected"
    ((_, judgement),) = stack_changes(open_stack, STACK)
    assert judgement.verdict.value == "safe"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            {"Conditions": {"Archive": {"Fn::Equals": ["yes", "yes"]}}},
            {"Conditions": {"Archive": {"Fn::Equals": ["yes", "no"]}}},
        ),
        ({"Mappings": {"Sizes": {"a": {"b": 1}}}}, {"Mappings": {"Sizes": {"a": {"b": True}}}}),
        ({"Parameters": {"Size": {"Default": "1"}}}, {"Parameters": {"Size": {"Default": "2"}}}),
        ({}, {"Transform": "AWS::Serverless-2016-10-31"}),
        ({"Rules": {"Zone": {}}}, {}),
    ],
    ids=["Conditions", "Mappings", "Parameters", "Transform", "Rules"],
)
def test_another_section_that_decides_about_resources_is_at_risk(
    old: dict[str, Any], new: dict[str, Any]
) -> None:
    base, head = (replace(STACK, template={"Resources": {}, **each}) for each in (old, new))
    ((change, judgement),) = stack_changes(base, head)
    assert change.path in {*old, *new}
    assert judgement.verdict.value == "at_risk"
    assert stack_changes(head, head) == ()
    (elsewhere,) = stack_changes(base, replace(head, region="x"))
    assert elsewhere[0].path == "region"


def test_a_section_without_an_effect_on_resources_is_no_change() -> None:
    for section in ("Outputs", "Metadata", "Description", "AWSTemplateFormatVersion"):
        head = replace(STACK, template={"Resources": {}, section: {"a": "b"}})
        assert stack_changes(STACK, head) == ()


def test_the_default_of_a_parameter_without_echo_is_not_shown() -> None:
    def with_default(value: str) -> Stack:
        parameters = {"Password": {"NoEcho": True, "Default": value}, "Size": {"Default": "1"}}
        return replace(STACK, template={"Resources": {}, "Parameters": parameters})

    ((change, judgement),) = stack_changes(with_default("hunter2"), with_default("hunter3"))
    assert judgement.verdict.value == "at_risk"
    assert "hunter" not in str(change)
    assert "Size" in str(change)
