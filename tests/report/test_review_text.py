"""A plan and a scan as text."""

from __future__ import annotations

from catalog_platform.policy.results import ScanResult
from catalog_platform.report import plan_text, review_text, scan_text
from support.manifests import SOURCES
from support.plan_models import full_plan
from support.scans import a_context, full_scan


def test_the_scan_follows_the_plan() -> None:
    plan, scan, context = full_plan(), full_scan(), a_context()
    found = review_text.render(plan, scan, SOURCES, context)
    assert found == plan_text.render(plan) + "\n" + scan_text.render(scan, SOURCES, context.today)


def test_without_a_difference_no_policy_was_applied() -> None:
    found = review_text.render(full_plan(), ScanResult(), SOURCES, a_context())
    assert found.startswith(plan_text.render(full_plan()))
    assert found.endswith("\nNo environment differs from the base, so no policy was applied.\n")
