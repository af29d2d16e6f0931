from __future__ import annotations

import math
from typing import Any

import pytest

from catalog_platform.manifest.values import (
    MAXIMUM_INTEGER,
    MAXIMUM_TEXT,
    ExpressionError,
    TooMuchWorkError,
    WorkBudget,
    check_scalar,
    check_size,
    cost,
    text,
    type_name,
)


@pytest.mark.parametrize(
    "value", ["x" * MAXIMUM_TEXT, MAXIMUM_INTEGER, -MAXIMUM_INTEGER, 1.5, None]
)
def test_a_value_at_its_limit_is_returned(value: Any) -> None:
    assert check_size(value) == value


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("x" * (MAXIMUM_TEXT + 1), "a text of more than 4096 characters"),
        (MAXIMUM_INTEGER + 1, "a number that is too large"),
        (-MAXIMUM_INTEGER - 1, "a number that is too large"),
        (math.inf, "a number that is not finite"),
        (math.nan, "a number that is not finite"),
        ({1}, "an unsupported type"),
    ],
)
def test_a_value_beyond_its_limit_is_refused(value: Any, message: str) -> None:
    with pytest.raises(ExpressionError, match=message):
        check_size(value)


@pytest.mark.parametrize(("value", "kind"), [([1], "a list"), ((1,), "a list"), ({}, "a section")])
def test_a_leaf_cannot_be_a_list_or_a_section(value: Any, kind: str) -> None:
    assert type_name(value) == kind
    with pytest.raises(ExpressionError, match=f"the result is {kind}"):
        check_scalar(value)


@pytest.mark.parametrize(("value", "written"), [(True, "true"), (7, "7"), ("a", "a"), (1.5, "1.5")])
def test_a_value_is_text_as_yaml_writes_it(value: Any, written: str) -> None:
    assert text(value) == written


def test_null_cannot_be_joined() -> None:
    with pytest.raises(ExpressionError, match="null cannot be part of a text"):
        text(None)


def test_a_budget_ends_when_it_is_exceeded_and_not_before() -> None:
    budget = WorkBudget(3)
    budget.spend(3)
    with pytest.raises(TooMuchWorkError, match="exceed the limit of"):
        budget.spend(1)


@pytest.mark.parametrize(
    ("value", "units"),
    [(7, 0), ("x" * 63, 0), ("x" * 64, 1), ([1, "x" * 64], 3), ({"a": [1, 2]}, 3)],
)
def test_work_grows_with_the_size_of_a_value(value: Any, units: int) -> None:
    assert cost(value) == units
