"""A plan with the scan of what differs from the base, as text."""

from __future__ import annotations

from catalog_platform.findings import Sources
from catalog_platform.plan.model import Plan
from catalog_platform.policy.results import ScanResult
from catalog_platform.report import plan_text, scan_text
from catalog_platform.report.scan_context import ScanContext

NOTHING = "\nNo environment differs from the base, so no policy was applied.\n"


def render(plan: Plan, scan: ScanResult, sources: Sources, context: ScanContext) -> str:
    """Return the plan, then the scan, as `plan --scan` prints them."""
    if not scan.environments:
        return plan_text.render(plan) + NOTHING
    return f"{plan_text.render(plan)}\n{scan_text.render(scan, sources, context.today)}"
