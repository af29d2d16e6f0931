"""The base's own scan: with real stacks and policies, and its failures."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.findings import Severity, has_errors
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.scanning.compare import Comparison, scan_compared
from catalog_platform.pipeline.synth import build_assembly
from catalog_platform.policy.results import ScanResult
from catalog_platform.terminal.progress import Progress
from catalog_platform.versions import comparison_base
from support import real_scans
from support.compared_scans import ScanRepository
from support.manifests import a_finding
from support.plans import PlanRepository
from support.results import a_result

DIGEST = "sha256:" + "1" * 64
SHOP = a_result(environment="shop", digest=DIGEST)
OTHER = a_result(environment="other", digest=DIGEST)


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ScanRepository:
    return ScanRepository.create(tmp_path / "repository", monkeypatch)


def statuses(result: ScanResult) -> dict[str, str]:
    """Return the status of the result in each environment."""
    return {each.environment: each.status for each in result.results}


@pytest.fixture
def real(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PlanRepository:
    return real_scans.a_repository(tmp_path / "repository", monkeypatch)


def scanned(real: PlanRepository, *names: str) -> ScanResult:
    """Synthesise the working tree, and compare its scan with that of `main`."""
    workspace, manifests, quiet = real.workspace, Manifests(real.workspace), Progress(quiet=True)
    assembly = build_assembly(workspace, manifests, names, workspace.build / "a", None, quiet)
    comparison = Comparison(base=comparison_base.find(workspace, "main"))
    return scan_compared(workspace, manifests, names, assembly, comparison, quiet)


@pytest.mark.synth
def test_only_a_changed_value_of_an_edited_environment_is_new(real: PlanRepository) -> None:
    real.edit("shop", "shards: 2", "shards: 3")
    result = scanned(real, "shop", "other")
    found = {each.environment: each for each in result.results if each.policy == "OUR_1"}
    assert {name: each.status for name, each in found.items()} == {
        "shop": "new",
        "other": "unchanged",
    }
    others = {each.status for each in result.results if each.policy != "OUR_1"}
    assert others == {"unchanged"}
    assert [each.rule for each in result.findings if has_errors([each])] == ["OUR_1"]
    real.edit("shop", "shards: 3", "shards: 2")
    real.edit("defaults", "owner: catalog-platform", "owner: other-team")
    result = scanned(real, "shop")
    # A policy that names no property is about all of them, tags included.
    assert {each.status for each in result.results if each.paths} == {"unchanged"}
    assert "OUR_1" in {each.policy for each in result.results if each.paths}
    assert "OUR_1" not in {each.rule for each in result.findings if has_errors([each])}
    assert result.fixed == ()


@pytest.mark.parametrize("failing", ["validate", "synth", "scan"])
def test_nothing_is_unchanged_when_the_base_has_no_scan(failing: str, made: ScanRepository) -> None:
    made.head.results = made.base.results = [SHOP]
    made.affect("shop")
    made.edit_code()
    made.failing = failing
    result = made.scan("shop")
    assert statuses(result) == {"shop": "new"}
    assert result.fixed == ()
    (problem,) = result.problems
    assert (problem.rule, problem.environment) == ("base-not-scanned", "shop")
    assert problem.severity is Severity.WARNING
    assert "no such construct" in problem.message


@pytest.mark.parametrize("report", ["", "no JSON", "{}", '{"findings": [], "environments": {}}'])
def test_a_report_that_is_not_understood_is_no_scan(report: str, made: ScanRepository) -> None:
    made.head.results = made.base.results = [SHOP]
    made.affect("shop")
    made.report = report
    result = made.scan("shop")
    assert statuses(result) == {"shop": "new"}
    assert {each.rule for each in result.problems} == {"base-not-scanned"}


def test_a_base_whose_scan_is_incomplete_is_compared_with_a_warning(made: ScanRepository) -> None:
    made.base.problems = [a_finding(rule="scan-policy", environment="", message="raised")]
    made.head.results = [SHOP]
    made.affect("shop")
    result = made.scan("shop")
    assert statuses(result) == {"shop": "new"}
    (problem,) = result.problems
    assert (problem.rule, problem.severity) == ("base-scan-incomplete", Severity.WARNING)
    assert problem.message.endswith("is not: raised")


def test_an_environment_that_fails_at_the_base_does_not_hide_the_others(
    made: ScanRepository,
) -> None:
    made.head.results = made.base.results = [SHOP, OTHER]
    made.affect("shop")
    made.affect("other")
    made.edit_code()
    made.failing = "synth other"
    result = made.scan()
    assert statuses(result) == {"shop": "unchanged", "other": "new"}
    (problem,) = result.problems
    assert problem.environment == "other"


def test_a_base_with_submodules_is_not_compared(made: ScanRepository) -> None:
    source = made.workspace.root.as_uri()
    made.repository.git("-c", "protocol.file.allow=always", "submodule", "add", source, "platform")
    made.repository.commit("a submodule")
    made.head.results = made.base.results = [SHOP]
    made.affect("shop")
    result = made.scan("shop")
    assert statuses(result) == {"shop": "new"}
    (problem,) = result.problems
    assert "has submodules" in problem.message
