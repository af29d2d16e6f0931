"""Values, errors and bounds of expressions.

`expression_forms.json` has the result of each form of an expression before Jinja's sandbox
evaluated expressions: a value with its type, or message, hint and offset of an error. If the
result has changed since, a reason and the new result follow.
"""

from __future__ import annotations

import json
import resource
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_platform.manifest.expression import MAXIMUM_TEXT, ExpressionError, compile_leaf
from catalog_platform.manifest.functions import CALLABLE

TABLE = json.loads(Path(__file__).with_name("expression_forms.json").read_text())
FORMS = [(form[0], form[-1]) for form in TABLE["forms"]]
CHANGED = [form for form in TABLE["forms"] if len(form) > 2]
FACTS: dict[str, Any] = {
    "environment": {"name": "prod", "tier": "production"},
    "network": {"zones": ["a", "b"], "cidr": None, "gateways": 2, "long": "x" * MAXIMUM_TEXT},
}


def evaluate(text: str):
    return compile_leaf(text).evaluate(FACTS)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("{{ environment.tier != 'development' }}", True),
        ("{{ network.gateways * 3 + 1 }}", 7),
        ("{{ 7 // 2 }}", 3),
        ("{{ network.zones | length }}", 2),
        ("{{ network.zones[1] }}", "b"),
        ("{{ network['gateways'] }}", 2),
        ("{{ network.cidr }}", None),
        ("{{ 10 if environment.name == 'prod' else 1 }}", 10),
        ("{{ environment.name in ['prod', 'staging'] }}", True),
        ("{{ environment.name }}-a", "prod-a"),
        ("{{ true }} {{ 1 }}", "true 1"),
        ("{{ true ~ '-' ~ 1 }}", "true-1"),
        ("{{ environment.name | upper | replace('O', '0') }}", "PR0D"),
        ("{{ network.zones | join('+') }}", "a+b"),
        ("{{ [3, 1, 2] | max }}", 3),
        ("{{ 7.9 | int }}", 7),
        ("{{ 5 | string }}", "5"),
    ],
)
def test_an_expression_keeps_the_type_of_its_result(text, value):
    result = evaluate(text)
    assert result == value
    assert type(result) is type(value)


def test_the_references_of_an_expression_are_known_before_evaluation():
    text = "{{ network.zones[0] if environment.tier == 'x' else network['cidr'] ~ [a.b] }}"
    assert {each.path for each in compile_leaf(text).references} == {
        ("network", "zones", 0),
        ("environment", "tier"),
        ("network", "cidr"),
        ("a", "b"),
    }


HOSTILE = [
    "{{ 'a' * 1000000000 }}",
    "{{ 'a' * 10**9 }}",
    "{{ 10 ** (10 ** 7) }}",
    "{{ [0] * 1000000000 }}",
    "{{ '%1000000000d' % 1 }}",
    "{{ 'a' | center(1000000000) }}",
    "{{ 'a' | indent(1000000000) }}",
    "{{ '{:1000000000d}'.format(1) }}",
    "{{ 'a' | format }}",
    "{{ lipsum(n=20000) }}",
    "{{ range(1000000000) }}",
    "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
    "{% set x = 1 %}",
    "{% macro m() %}{% endmacro %}",
    "{% include '/etc/passwd' %}",
    "{% import 'x' as y %}",
    "{% extends 'x' %}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ '' | attr('__class__') }}",
    "{{ ''['__class__'] }}",
    "{{ cycler.__init__.__globals__.os }}",
    "{{ environment.__class__ }}",
    "{{ environment.items }}",
    "{{ environment.name.upper }}",
    "{{ network.zones.append('c') }}",
    "{{ network.zones.append }}",
    "{{ self }}",
    "{{ self._TemplateReference__context }}",
    "{{ namespace() }}",
    "{{ network }}",
    "{{ network.zones }}",
    "{{ environment.name[0:2] }}",
    "{{ environment['na' ~ 'me'] }}",
    "{{ environment.name is defined }}",
    "{{ network.long ~ 'x' }}",
    "{{ network.long }}x",
    "{{ network.long | replace('x', 'xx') }}",
    "{{ 'a' | replace('', 'b') }}",
    "{{ 9223372036854775807 + 1 }}",
    "{{ 1e308 * 10 }}",
    "{{ 1 / 0 }}",
    "{{ 1 % 0 }}",
    "{{ 'a' < 1 }}",
    "{{ 'a' + 1 }}",
    "{{ true + 1 }}",
    "{{ -'a' }}",
    "{{ 1 ~ none }}",
    "x{{ none }}",
    "{{ 1 if false }}",
    "{{ 5 | int(3) }}",
    "{{ 5 | join }}",
    "{{ [] | first }}",
    "{{ network.zones[9] }}",
    "{{ environment.name",
    "{{ }}",
    "{% if true %}",
    "{{ " + "(" * 400 + "1" + ")" * 400 + " }}",
    "{{ " + "not " * 200 + "1 }}",
    "{{ " + "-" * 900 + "1 }}",
    "{{ " + "[" * 400 + "]" * 400 + " }}",
    "{{ a" + ".a" * 450 + " }}",
    "{{ " + "9" * 950 + " }}",
    "{{ '" + "a" * 2000 + "' }}",
]


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:60])
def test_a_malicious_expression_is_refused_quickly(text):
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    started = time.monotonic()
    with pytest.raises(ExpressionError) as caught:
        evaluate(text)
    assert caught.value.message
    assert time.monotonic() - started < 1
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < 64 * 1024


@pytest.mark.parametrize("text", HOSTILE, ids=lambda t: t[:60])
def test_a_refusal_shows_no_address_of_the_process(text):
    with pytest.raises(ExpressionError) as caught:
        evaluate(text)
    assert " at 0x" not in caught.value.message


@given(st.text(alphabet="{}%#()[]|~.,'\"+-*/ abcnotifelse019_<>=!", max_size=80))
def test_any_expression_has_a_bounded_value_or_an_error(text):
    try:
        value = evaluate("{{" + text + "}}")
    except ExpressionError:
        return
    assert value is None or isinstance(value, (str, int, float, bool))
    assert len(str(value)) <= MAXIMUM_TEXT


def outcome(text: str) -> dict[str, Any]:
    try:
        value = compile_leaf(text).evaluate(TABLE["sections"])
    except ExpressionError as error:
        return {"error": error.message, "hint": error.hint, "offset": error.offset}
    return {"value": value}


@pytest.mark.parametrize(("text", "expected"), FORMS, ids=lambda each: str(each)[:60])
def test_a_form_has_the_recorded_result(text: str, expected: dict[str, Any]) -> None:
    found = outcome(text)
    assert found == expected
    assert type(found.get("value")) is type(expected.get("value"))


def test_every_changed_result_has_a_reason() -> None:
    assert {form[2] for form in CHANGED} == set(TABLE["reasons"])
    assert [form[0] for form in CHANGED if form[1] == form[3]] == []
    # A value changed only where a function was removed or became a filter.
    lost = {form[2] for form in CHANGED if "value" in form[1]}
    assert lost == {"filter", "removed"}


def test_the_table_has_every_function_and_filter() -> None:
    written = " ".join(text for text, _ in FORMS)
    assert [name for name in CALLABLE if f"| {name}" not in written] == []
