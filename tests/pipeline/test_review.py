"""A plan and a scan of the same synthesis."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.errors import FindingsError
from catalog_platform.findings import has_errors
from catalog_platform.infra import app
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline import review as review_module
from catalog_platform.pipeline.planning import make_plan
from catalog_platform.pipeline.review import Review
from catalog_platform.plan.model import Plan
from catalog_platform.policy.results import ScanResult
from catalog_platform.terminal.progress import Progress
from support import real_scans
from support.manifests import a_finding
from support.plans import PlanRepository

pytestmark = pytest.mark.synth
Run = Callable[..., tuple[Plan, ScanResult]]


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PlanRepository:
    return real_scans.a_repository(tmp_path / "repository", monkeypatch)


@pytest.fixture
def review(made: PlanRepository) -> Iterator[Run]:
    reviewing = Review(made.workspace, Progress(quiet=True))

    def run(*names: str) -> tuple[Plan, ScanResult]:
        return reviewing.run(Manifests(made.workspace), names, "main")

    yield run
    reviewing.stop()


def found(scan: ScanResult) -> set[tuple[str, str, str]]:
    """Return environment, status and key of the results of our policy."""
    return {(e.environment, e.status, e.key) for e in scan.results if e.policy == "OUR_1"}


def test_only_what_differs_is_scanned_and_located_at_the_edit(
    made: PlanRepository, review: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: list[str] = []
    synthesise = app.synthesise

    def counted(environments: Any, *arguments: Any, **options: Any) -> Path:
        names.extend(environments)
        return synthesise(environments, *arguments, **options)

    made.edit("shop", "shards: 2", "shards: 3")
    line = (made.workspace.environments / "shop.yaml").read_text().split("shards")[0].count("\n")
    monkeypatch.setattr(app, "synthesise", counted)
    plan, scan = review()
    assert plan == make_plan(Manifests(made.workspace), (), "main", Progress(quiet=True))
    assert found(scan) == {("shop", "new", "stream.shards")}
    (result,) = (each for each in scan.results if each.policy == "OUR_1")
    assert str(result.location).startswith(f"environments/shop.yaml:{line + 1}:")
    assert scan.base is not None
    assert not has_errors(scan.problems), scan.problems
    assert "other" not in names


def test_without_a_difference_nothing_is_scanned(review: Run) -> None:
    plan, scan = review()
    assert {each.status for each in plan.environments} == {"unchanged"}
    assert scan == ScanResult()


def test_every_environment_is_scanned_if_a_policy_differs(
    made: PlanRepository, review: Run
) -> None:
    policy = made.workspace.policies / "checks" / "rule.py"
    policy.write_text(policy.read_text().replace("No queue", "No stream"))
    plan, scan = review()
    assert {each.status for each in plan.environments} == {"unchanged"}
    assert {each.name for each in scan.environments} == {"shop", "other"}
    assert "policy-changed" in {each.rule for each in scan.problems}


def test_a_broken_environment_is_unknown_and_the_other_one_scanned(
    made: PlanRepository, review: Run
) -> None:
    made.edit("shop", "shards: 2", "shards: many")
    made.edit("other", "shards: 2", "shards: 3")
    plan, scan = review()
    assert {each.environment: each.status for each in plan.environments} == {
        "other": "changed",
        "shop": "unknown",
    }
    assert [each.name for each in scan.environments] == ["other"]


def test_findings_that_prevent_the_scan_are_its_problems_beside_the_plan(
    made: PlanRepository, review: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prevented(*_: Any, **__: Any) -> ScanResult:
        raise FindingsError([a_finding()])

    monkeypatch.setattr(review_module, "scan_compared", prevented)
    made.edit("shop", "shards: 2", "shards: 3")
    plan, scan = review()
    assert [each.status for each in plan.environments] == ["unchanged", "changed"]
    assert scan.problems == (a_finding(),)
