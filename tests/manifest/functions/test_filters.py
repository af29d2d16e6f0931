"""Jinja filters in expressions: accepted input, errors and limits of size."""

from __future__ import annotations

import ast
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2.filters import FILTERS as JINJA

from catalog_platform.manifest.expression import MAXIMUM_TEXT, ExpressionError, compile_leaf
from catalog_platform.manifest.functions import CALLABLE, FUNCTIONS, REPLACED
from catalog_platform.manifest.functions.filters import FILTERS

EXAMPLES = [each.example for each in FILTERS.values()]
SECTIONS: dict[str, Any] = {
    "a": {"a": "a" * 64, "text": "x" * MAXIMUM_TEXT, "list": ["b", 1, True, None, 2.5]}
}


def evaluate(text: str):
    return compile_leaf("{{ " + text + " }}").evaluate(SECTIONS)


def refusal(text: str) -> ExpressionError:
    with pytest.raises(ExpressionError) as caught:
        evaluate(text)
    return caught.value


@pytest.mark.parametrize(("written", "gives"), EXAMPLES, ids=[written for written, _ in EXAMPLES])
def test_every_example_has_the_documented_result(written, gives):
    assert evaluate(written) == ast.literal_eval(gives)


def test_no_function_shadows_a_jinja_filter():
    assert FILTERS.keys() <= JINJA.keys()
    assert not FILTERS.keys() & FUNCTIONS.keys()


@pytest.mark.parametrize("name", sorted(JINJA.keys() - CALLABLE.keys()))
def test_every_other_filter_of_jinja_is_refused_by_name(name):
    assert refusal(f"'a' | {name}").message == f"Jinja's filter '{name}' is not allowed"


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ("'abc' | int", "int: 'abc' is not a number"),
        ("'1e999' | float", "the result is a number that is not finite"),
        ("'1e400' | int", "int: '1e400' is not a number"),
        ("5 | upper", "upper: takes text, not a number"),
        ("true | int", "int: takes a number or text, not true or false"),
        ("none | string", "string: takes a number or text or true or false, not null"),
        ("none | length", "length: takes a list or a section or text, not null"),
        ("[] | max", "max: takes a list that is not empty"),
        ("[1, 'a'] | min", "min: '<' not supported between instances of 'str' and 'int'"),
        ("[true] | join", "join: takes only a number or text in its list, not true or false"),
        ("[[1]] | sum", "sum: takes only a number in its list, not a list"),
        ("['a'] | join(', ', 'x')", "join: wrong arguments; write value | join(d='')"),
        ("['a'] | join(attribute='x')", "join: wrong arguments; write value | join(d='')"),
        ("['a'] | join(1)", "join: takes text as d, not a number"),
        ("['a', 'b'] | sort(attribute='x')", "sort: wrong arguments; write value | sort("),
        ("1.5 | round(99999999)", "round: takes 0 to 15 digits"),
        ("1.5 | round(0, 'x')", "round: method must be common, ceil or floor"),
        (
            "'a' | replace('a')",
            "replace: wrong arguments; write value | replace(old, new, count=None)",
        ),
        ("'a' | replace('', 'b')", "replace: takes a text to replace that is not empty"),
        ("'a' | replace('a', 1)", "replace: takes text as new, not a number"),
        ("a.text | replace('x', a.text)", "replace: would create a text of more than 4096"),
        ("[a.text, a.text] | join(a.text)", "join: would create a text of more than 4096"),
        ("a.text | urlencode ~ 'x'", "the result is a text of more than 4096 characters"),
        ("'\u00e9' | urlencode | int", "int: '%C3%A9' is not a number"),
    ],
)
def test_invalid_input_of_a_filter_is_an_error(written, message):
    assert message in refusal(written).message


@pytest.mark.parametrize(
    ("written", "hint"),
    [
        ("lower('EU')", "it is a filter; write value | lower"),
        ("max([1, 2])", "it is a filter; write value | max(case_sensitive=False)"),
        ("ceil(1.5)", "write value | round(0, 'ceil') | int"),
        ("1.5 | floor", "write value | round(0, 'floor') | int"),
        ("clamp(9, 1, 5)", "write [[value, low] | max, high] | min"),
    ],
)
def test_the_error_for_a_removed_function_names_its_replacement(written, hint):
    assert refusal(written).hint == hint


@pytest.mark.parametrize(
    ("written", "gives"),
    [
        ("1.5 | round(0, 'ceil') | int", 2),
        ("1.5 | round(0, 'floor') | int", 1),
        ("[[9, 1] | max, 5] | min", 5),
        ("true | string", "true"),
        ("'042' | int", 42),
        ("a.list | last", 2.5),
        ("a.list | unique | length", 4),
        ("none | default('x', true)", "x"),
    ],
)
def test_the_replacement_of_a_function_has_the_same_result(written, gives):
    value = evaluate(written)
    assert value == gives
    assert type(value) is type(gives)


def test_every_suggested_replacement_is_valid():
    values = {"value": "1.5", "low": "1", "high": "5"}
    for name, written in REPLACED.items():
        if name != "format":
            evaluate(re.sub("value|low|high", lambda found: values[found[0]], written))


ATOMS = ["'ab'", "''", "' 7 '", "7", "-2.5", "true", "none", "[]", "[1, 2]", "['b', 'a']", "a.list"]
ARGUMENTS = [
    "",
    "('a')",
    "(3)",
    "('a', 'b')",
    "(0, 'ceil')",
    "(true)",
    "(none)",
    "([])",
    "(a.text)",
]


@given(
    st.sampled_from(ATOMS),
    st.lists(st.tuples(st.sampled_from(sorted(CALLABLE)), st.sampled_from(ARGUMENTS)), max_size=4),
)
def test_any_chain_of_filters_has_a_bounded_value_or_an_error(atom, chain):
    text = atom + "".join(f" | {name}{arguments}" for name, arguments in chain)
    try:
        value = evaluate(text)
    except ExpressionError:
        return
    assert value is None or isinstance(value, (str, int, float, bool))
    assert len(str(value)) <= MAXIMUM_TEXT
