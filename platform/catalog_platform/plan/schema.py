"""The JSON Schema of a plan, generated from its types."""

from __future__ import annotations

import json

import msgspec

from catalog_platform.plan.model import Plan

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def text() -> str:
    """Return the schema as `docs/plan.schema.json` has it.

    A key that may be absent isn't required, and no key but a value of a manifest or template may
    be null. Readers must accept keys that a later version adds.
    """
    generated = msgspec.json.schema(Plan)
    plan = generated["$defs"]["Plan"]
    # It has a default in Python, and is always printed.
    del plan["properties"]["schema_version"]["default"]
    plan["required"] = ["schema_version", *plan["required"]]
    return json.dumps({"$schema": DRAFT, **generated}, indent=2, ensure_ascii=False) + "\n"
