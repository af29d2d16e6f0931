"""Every form of an expression is compared with a recorded table of results.

`expression_forms.json` has the result of each form before Jinja's sandbox evaluated expressions: a
value with its type, or message, hint and offset of an error. If the result has changed since, a
reason and the new result follow.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.manifest.expression import ExpressionError, compile_leaf
from catalog_platform.manifest.functions import CALLABLE

TABLE = json.loads(Path(__file__).with_name("expression_forms.json").read_text())
FORMS = [(form[0], form[-1]) for form in TABLE["forms"]]
CHANGED = [form for form in TABLE["forms"] if len(form) > 2]


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
