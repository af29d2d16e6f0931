from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.manifest.code_generator import SandboxCodeGenerator
from catalog_platform.manifest.expression import ExpressionError, compile_leaf
from catalog_platform.manifest.sandbox import SANDBOX

SECTIONS: dict[str, Any] = {"a": {"b": 7, "c": "text"}}


def test_the_sandbox_uses_the_generator() -> None:
    assert SANDBOX.code_generator_class is SandboxCodeGenerator


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{{ a.b }}", 7),
        ("{{ (1, 2) | length }}", 2),
        ("{{ 1 < a.b <= 7 }}", True),
        ("{{ 1 < a.b < 7 }}", False),
        ("{{ 'x' ~ a.b ~ a.c }}", "x7text"),
        ("{{ 1 if a.b == 7 else 2 }}", 1),
        ("{{ duration('1h', 's') }}", 3600),
        ("{{ a.c | upper }}", "TEXT"),
    ],
)
def test_each_form_of_code_has_the_value_of_its_expression(text: str, value: object) -> None:
    assert compile_leaf(text).evaluate(SECTIONS) == value


def test_the_operands_of_a_chained_comparison_are_evaluated_once_and_only_if_needed() -> None:
    assert compile_leaf("{{ 2 < 1 < 1 / 0 }}").evaluate(SECTIONS) is False
    with pytest.raises(ExpressionError) as caught:
        compile_leaf("{{ 1 < 2 < 1 / 0 }}").evaluate(SECTIONS)
    assert caught.value.offset == "{{ 1 < 2 < 1 / 0 }}".index("1 / 0")


def test_a_condition_without_else_has_the_offset_of_the_condition() -> None:
    with pytest.raises(ExpressionError, match="the condition is false") as caught:
        compile_leaf("{{ 'x' ~ (1 if a.b == 0) }}").evaluate(SECTIONS)
    assert caught.value.offset == "{{ 'x' ~ (1 if a.b == 0) }}".index("1 if")
