"""Every form that an expression can have, held against a recorded table.

`expression_forms.json` holds what each form gave before Jinja's sandbox evaluated expressions: a
value with its type, or message, hint and offset of a refusal.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.manifest.expression import ExpressionError, compile_leaf

RECORDED = json.loads(Path(__file__).with_name("expression_forms.json").read_text())


def outcome(text: str) -> dict[str, Any]:
    try:
        value = compile_leaf(text).evaluate(RECORDED["sections"])
    except ExpressionError as error:
        return {"error": error.message, "hint": error.hint, "offset": error.offset}
    return {"value": value}


@pytest.mark.parametrize(("text", "expected"), RECORDED["forms"], ids=lambda each: str(each)[:60])
def test_a_form_gives_what_was_recorded(text: str, expected: dict[str, Any]) -> None:
    found = outcome(text)
    assert found == expected
    assert type(found.get("value")) is type(expected.get("value"))
