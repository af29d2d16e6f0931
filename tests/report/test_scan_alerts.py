"""The findings that the workflow publishes: GitHub would show waived and fixed ones as open."""

from __future__ import annotations

import json

from catalog_platform.policy.results import ScanBase, ScanResult
from catalog_platform.report import scan_alerts
from support.manifests import SOURCES
from support.results import a_result, a_waiver


def published(result: ScanResult) -> list[str]:
    """Return the resources of the published results."""
    (run,) = json.loads(scan_alerts.render(result, SOURCES))["runs"]
    assert run["tool"]["driver"]["name"] == "catalogctl"
    return [each["properties"]["resource"] for each in run["results"]]


def test_waived_and_fixed_results_are_not_published() -> None:
    result = ScanResult(
        results=(
            a_result(resource="New", status="new"),
            a_result(resource="Old", status="unchanged"),
            a_result(resource="Waived", waiver=a_waiver(), status="new"),
        ),
        fixed=(a_result(resource="Fixed"),),
        base=ScanBase(reference="main", commit="abc"),
    )
    assert published(result) == ["New", "Old"]


def test_without_a_base_all_results_without_a_waiver_are_published() -> None:
    result = ScanResult(results=(a_result(resource="A"), a_result(waiver=a_waiver())))
    assert published(result) == ["A"]
