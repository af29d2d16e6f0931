"""The plan as JSON, for programs; `docs/plan.schema.json` describes it."""

from __future__ import annotations

import msgspec

from catalog_platform.plan.model import Plan


def render(plan: Plan) -> str:
    """Return the plan as indented JSON. A key without a value is absent, not null."""
    return msgspec.json.format(msgspec.json.encode(plan), indent=2).decode() + "\n"
