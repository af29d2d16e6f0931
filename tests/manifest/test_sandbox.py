"""The sandbox agrees with Jinja's results, and locates errors."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

from catalog_platform.manifest.expression import (
    ExpressionError,
    TooMuchWorkError,
    WorkBudget,
    compile_leaf,
)

SECTIONS: dict[str, Any] = {
    "a": {"b": 7, "c": "text", "d": [1, 2, 3], "e": True},
    "n": {"x": 2.5, "y": -3},
}
JINJA = ImmutableSandboxedEnvironment(undefined=StrictUndefined)

atoms = st.sampled_from(
    ["a.b", "a.c", "a.e", "a.d[1]", "a['c']", "n.x", "n.y", "1", "0", "2.5", "'t'", "true", "false"]
)
operators = st.sampled_from(
    ["+", "-", "*", "/", "//", "%", "==", "!=", "<", "<=", ">", ">=", "and", "or"]
)
expressions = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.tuples(inner, operators, inner).map(lambda each: f"({each[0]} {each[1]} {each[2]})"),
        st.tuples(inner, operators, inner).map(lambda each: f"{each[0]} {each[1]} {each[2]}"),
        st.tuples(inner, inner, inner).map(lambda each: f"({each[0]} if {each[1]} else {each[2]})"),
        inner.map(lambda each: f"not {each}"),
        inner.map(lambda each: f"({each}) in [1, 7, 'text']"),
        inner.map(lambda each: f"-{each}"),
    ),
    max_leaves=6,
)


@given(expressions)
def test_an_expression_has_the_result_of_jinja_or_is_refused(text):
    try:
        ours = compile_leaf("{{ " + text + " }}").evaluate(SECTIONS)
    except ExpressionError:
        assume(False)
    theirs = JINJA.compile_expression(text, undefined_to_none=False)(**SECTIONS)
    assert ours == theirs
    assert type(ours) is type(theirs)


@pytest.mark.parametrize(
    ("text", "blamed"),
    [
        ("{{ 1 + 2 * a.c }}", "2 * a.c"),
        ("{{ (1 + a.b) * (2 + a.c) }}", "2 + a.c"),
        ("x{{ a.b }}y{{ 1 / 0 }}", "1 / 0"),
        ("{{ 1 if a.e else 1 / 0 }}{{ -a.c }}", "-a.c"),
        ("{{ a.b < 9 and a.c < 9 }}", "a.c < 9"),
        ("{{ 1 < 2 < a.c }}", "1 < 2 < a.c"),
        ("{{ [1, a.d[3]] | length }}", "3]"),
        ("{{ 'a' ~ (1 / 0) ~ 'b' }}", "1 / 0"),
        ("{{ [a.b, a.c] | max | abs }}", "max"),
        ("{{ subnet(a.c, 20, a.b // 0) }}", "a.b // 0"),
        ("{{ subnet(a.c, 20, a.b) }}", "subnet("),
    ],
)
def test_an_error_at_evaluation_has_the_column_of_its_operation(text, blamed):
    with pytest.raises(ExpressionError) as caught:
        compile_leaf(text).evaluate(SECTIONS)
    assert text[caught.value.offset :].startswith(blamed)


def test_a_section_may_have_any_name_that_jinja_uses_itself():
    names = ("self", "loop", "caller", "context", "environment", "range", "subnet", "undefined")
    for name in names:
        assert compile_leaf("{{ " + name + ".x }}").evaluate({name: {"x": 1}}) == 1
        with pytest.raises(ExpressionError, match=f"{name} is undefined"):
            compile_leaf("{{ " + name + ".x }}").evaluate({})


@pytest.mark.parametrize("step", ["a.b + 1", "a.b ~ 1", "a.b < 1", "a.b | abs", "size('1 B', 'B')"])
def test_every_operation_is_charged(step):
    template = compile_leaf("{{ " + step + " }}")
    template.evaluate(SECTIONS, WorkBudget(10))
    with pytest.raises(TooMuchWorkError):
        template.evaluate(SECTIONS, WorkBudget(0))


def test_long_values_cost_more():
    sections: dict[str, Any] = {"a": {"long": "x" * 4096}}
    template = compile_leaf("{{ a.long == a.long }}")
    template.evaluate(sections, WorkBudget(129))
    with pytest.raises(TooMuchWorkError):
        template.evaluate(sections, WorkBudget(128))


def test_one_leaf_is_evaluated_from_several_values_without_being_compiled_again():
    template = compile_leaf("{{ a.b + 1 }}")
    assert compile_leaf("{{ a.b + 1 }}") is template
    assert [template.evaluate({"a": {"b": number}}) for number in (1, 2)] == [2, 3]
