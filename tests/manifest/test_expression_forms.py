"""Every form that an expression can have, held against a recorded table.

`expression_forms.json` holds what each form gave before Jinja's sandbox evaluated expressions: a
value with its type, or message, hint and offset of a refusal. A form that gives something else
since has a reason and the new result behind it.
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
def test_a_form_gives_what_was_recorded(text: str, expected: dict[str, Any]) -> None:
    found = outcome(text)
    assert found == expected
    assert type(found.get("value")) is type(expected.get("value"))


def test_only_what_has_a_reason_gives_something_else_than_before() -> None:
    assert {form[2] for form in CHANGED} == set(TABLE["reasons"])
    assert [form[0] for form in CHANGED if form[1] == form[3]] == []
    # What gave a value before gives another only where a function was removed or is a filter now.
    lost = {form[2] for form in CHANGED if "value" in form[1]}
    assert lost == {"filter", "removed"}


def test_the_table_has_every_function_and_filter() -> None:
    written = " ".join(text for text, _ in FORMS)
    assert [name for name in CALLABLE if f"| {name}" not in written] == []
