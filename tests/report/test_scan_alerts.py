"""The findings that the workflow publishes: GitHub would show waived and fixed ones as open."""

from __future__ import annotations

import json
import subprocess

import yaml

from catalog_platform.policy.results import ScanBase, ScanResult
from catalog_platform.report import scan_sarif
from support.manifests import ROOT, SOURCES
from support.results import a_result, a_waiver

STEP = "Leave out what is waived or fixed"


def published(result: ScanResult, folder) -> list[str]:
    """Run the step of the workflow; return the resources of the remaining results."""
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "plan.yml").read_text())
    steps = workflow["jobs"]["plan"]["steps"]
    (command,) = [step["run"] for step in steps if step.get("name") == STEP]
    (folder / "report").mkdir()
    (folder / "report" / "scan.sarif").write_text(scan_sarif.render(result, SOURCES))
    subprocess.run(["bash", "-euo", "pipefail", "-c", command], cwd=folder, check=True)
    (run,) = json.loads((folder / "policy.sarif").read_text())["runs"]
    assert run["tool"]["driver"]["name"] == "catalogctl"
    return [each["properties"]["resource"] for each in run["results"]]


def test_waived_and_fixed_results_are_not_published(tmp_path):
    result = ScanResult(
        results=(
            a_result(resource="New", status="new"),
            a_result(resource="Old", status="unchanged"),
            a_result(resource="Waived", waiver=a_waiver(), status="new"),
        ),
        fixed=(a_result(resource="Fixed"),),
        base=ScanBase(reference="main", commit="abc"),
    )
    assert published(result, tmp_path) == ["New", "Old"]


def test_without_a_base_all_results_without_a_waiver_are_published(tmp_path):
    result = ScanResult(results=(a_result(resource="A"), a_result(waiver=a_waiver())))
    assert published(result, tmp_path) == ["A"]
