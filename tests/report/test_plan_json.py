"""The plan as JSON."""

from __future__ import annotations

import json

from catalog_platform.report.plan_json import render
from support.plan_models import full_plan
from support.plan_schema import assert_published


def test_it_is_the_published_document_with_all_keys_named_as_there() -> None:
    text = render(full_plan())
    assert_published(text)
    found = json.loads(text)["environments"][0]
    assert found["from"] == "prod"
    assert "findings" not in found
    assert text.endswith("}\n")
