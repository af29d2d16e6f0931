from __future__ import annotations

import pytest

from catalog_platform.manifest.expression import ExpressionError, compile_leaf
from catalog_platform.manifest.functions import FUNCTIONS
from catalog_platform.manifest.functions.filters import FILTERS
from catalog_platform.manifest.grammar import MAXIMUM_LENGTH
from catalog_platform.reference import expressions

PAGE = expressions.page()


@pytest.mark.parametrize("function", FUNCTIONS.values(), ids=lambda each: each.name)
def test_every_function_is_described_with_its_examples(function) -> None:
    assert f"### `{function.usage}`\n\n{function.summary}" in PAGE
    for call, _ in function.examples:
        assert f"{{{{ {call} }}}}  →  " in PAGE


@pytest.mark.parametrize("name", FILTERS)
def test_every_filter_has_a_row_with_escaped_pipes(name: str) -> None:
    usage = FILTERS[name].usage.replace("|", "\\|")
    (row,) = (line for line in PAGE.splitlines() if line.startswith(f"| `{usage}` | "))
    assert row.replace("\\|", "").count("|") == 4


def test_limits_are_those_of_the_code() -> None:
    assert f"| one expression | {MAXIMUM_LENGTH:,} characters" in PAGE
    with pytest.raises(ExpressionError):
        compile_leaf("{{ 1 }}" + "x" * MAXIMUM_LENGTH)
