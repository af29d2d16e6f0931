"""What changes outside of the template: account, region, termination protection."""

from __future__ import annotations

from dataclasses import replace

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
