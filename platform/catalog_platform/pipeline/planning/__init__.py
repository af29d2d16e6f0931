"""Plan what a merge does: synthesise base and head, each with its own code, and compare them."""

from __future__ import annotations

from catalog_platform.pipeline.planning.plan import HeadUse, make_plan, plan_of

__all__ = ["HeadUse", "make_plan", "plan_of"]
