"""Validation of plans against the published schema."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import jsonschema
import msgspec

from catalog_platform.plan.model import Plan
from support.manifests import ROOT


def assert_published(plan: Plan | str) -> None:
    """Check a plan, or the JSON of one, against `docs/plan.schema.json`.

    The schema allows more keys, for later versions. This version prints none that it doesn't name.
    """
    text = plan if isinstance(plan, str) else msgspec.json.encode(plan)
    problems = [each.message for each in _validator().iter_errors(json.loads(text))]
    assert problems == []


@cache
def _validator() -> jsonschema.Draft202012Validator:
    schema: dict[str, Any] = json.loads((ROOT / "docs" / "plan.schema.json").read_text())
    for each in schema["$defs"].values():
        each["additionalProperties"] = False
    return jsonschema.Draft202012Validator(schema)
