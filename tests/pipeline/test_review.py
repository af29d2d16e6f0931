"""A plan and a scan of the same synthesis."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from catalog_platform import process
from catalog_platform.errors import FindingsError, PlatformError, ToolError
from catalog_platform.findings import has_errors
from catalog_platform.infra import app
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline import review as review_module
from catalog_platform.pipeline.planning import make_plan
from catalog_platform.pipeline.planning.environment import environment_plan
from catalog_platform.pipeline.review import Review
from catalog_platform.plan.model import EnvironmentPlan, Plan
from catalog_platform.policy.begun_scans import THREAD
from catalog_platform.policy.engine_process import EngineProcess
from catalog_platform.policy.engines import EngineRun
from catalog_platform.policy.results import ScanResult
from catalog_platform.terminal.progress import Progress
from support import real_scans
from support.manifests import a_finding
from support.plans import PlanRepository

pytestmark = pytest.mark.synth
ENVIRONMENT_PLAN = "catalog_platform.pipeline.planning.plan.environment_plan"
Run = Callable[..., tuple[Plan, ScanResult]]


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PlanRepository:
    return real_scans.a_repository(tmp_path / "repository", monkeypatch)


@pytest.fixture
def reviewing(made: PlanRepository) -> Iterator[Review]:
    found = Review(made.workspace, Progress(quiet=True))
    yield found
    found.stop()


@pytest.fixture
def review(made: PlanRepository, reviewing: Review) -> Run:
    def run(*names: str) -> tuple[Plan, ScanResult]:
        return reviewing.run(Manifests(made.workspace), names, "main")

    return run


def counted_git(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list to which the command of each run of Git is added."""
    commands: list[str] = []
    run = process.run

    def counted(arguments: Sequence[str | Path], **options: Any) -> str:
        words = [str(each) for each in arguments]
        if Path(words[0]).name == "git":
            # Before the command are -c and -C with a value each.
            at = next(n for n in range(1, len(words), 2) if words[n] not in ("-c", "-C"))
            commands.append(words[at])
        return run(arguments, **options)

    monkeypatch.setattr(process, "run", counted)
    return commands


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


def test_git_is_asked_once_for_each_fact_and_not_again_about_the_same_commit(
    made: PlanRepository, review: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.edit("shop", "shards: 2", "shards: 3")
    first = review()
    made.edit("shop", "shards: 3", "shards: 4")
    commands = counted_git(monkeypatch)
    review()
    assert sorted(commands) == ["diff", "ls-files", "ls-files", "rev-parse", "status"]
    made.edit("shop", "shards: 4", "shards: 3")
    assert review() == first


def test_a_branch_that_moves_is_another_base(made: PlanRepository, review: Run) -> None:
    made.edit("shop", "shards: 2", "shards: 3")
    assert found(review()[1]) == {("shop", "new", "stream.shards")}
    made.repository.commit("three shards")
    made.edit("other", "shards: 2", "shards: 3")
    plan, scan = review()
    assert plan.base.commit == made.repository.head()
    assert {each.environment: each.status for each in plan.environments} == {
        "other": "changed",
        "shop": "unchanged",
    }
    assert found(scan) == {("other", "new", "stream.shards")}


def test_the_severities_and_waivers_are_parsed_once(
    made: PlanRepository, review: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    waivers = made.workspace.policies / "waivers.yaml"
    # A text that no other test has parsed.
    waivers.write_text(f"waivers: []  # of {made.workspace.root}\n")
    made.repository.commit("waivers")
    made.edit("shop", "shards: 2", "shards: 3")
    parsed: list[str] = []
    events = yaml.parse

    def counted(text: str, **options: Any) -> Any:
        parsed.append(text)
        return events(text, **options)

    monkeypatch.setattr(yaml, "parse", counted)
    review()
    assert parsed.count(waivers.read_text()) == 1
    assert len(parsed) == len(set(parsed))


def test_the_engines_are_at_work_while_the_stacks_are_compared(
    made: PlanRepository, review: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_work, compared = threading.Event(), threading.Event()
    run = EngineProcess.__call__

    def waiting(*arguments: Any) -> EngineRun:
        at_work.set()
        assert compared.wait(60)
        return run(*arguments)

    def comparing(*arguments: Any) -> EnvironmentPlan:
        assert at_work.wait(60)
        made_plan = environment_plan(*arguments)
        compared.set()
        return made_plan

    monkeypatch.setattr(EngineProcess, "__call__", waiting)
    monkeypatch.setattr(ENVIRONMENT_PLAN, comparing)
    made.edit("shop", "shards: 2", "shards: 3")
    assert found(review()[1]) == {("shop", "new", "stream.shards")}


def test_an_error_of_the_plan_leaves_nothing_running_and_the_next_review_works(
    made: PlanRepository, reviewing: Review, review: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(*_: Any) -> EnvironmentPlan:
        raise PlatformError("no prices")

    made.edit("shop", "shards: 2", "shards: 3")
    before = {each.pid for each in psutil.Process().children()}
    with monkeypatch.context() as patch:
        patch.setattr(ENVIRONMENT_PLAN, failing)
        with pytest.raises(PlatformError, match="no prices"):
            review()
    assert not [each for each in threading.enumerate() if each.name.startswith(THREAD)]
    started = {each.pid for each in psutil.Process().children()} - before
    assert not [each for each in started if "engine_process" in " ".join(command(each))]
    assert found(review()[1]) == {("shop", "new", "stream.shards")}


def test_engines_that_end_are_an_error_once(
    made: PlanRepository, review: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = made.workspace.policies / "checks" / "rule.py"
    text = policy.read_text()
    policy.write_text("import os; os._exit(1)\n")
    with pytest.raises(ToolError, match="ended without an answer"):
        review()
    policy.write_text(text)
    made.edit("shop", "shards: 2", "shards: 3")
    assert found(review()[1]) == {("shop", "new", "stream.shards")}


def command(pid: int) -> list[str]:
    try:
        return psutil.Process(pid).cmdline()
    except psutil.NoSuchProcess:
        return []


def test_findings_that_prevent_the_scan_are_its_problems_beside_the_plan(
    made: PlanRepository, review: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def prevented(*_: Any, **__: Any) -> ScanResult:
        raise FindingsError([a_finding()])

    monkeypatch.setattr(review_module, "scan_assembly", prevented)
    made.edit("shop", "shards: 2", "shards: 3")
    plan, scan = review()
    assert [each.status for each in plan.environments] == ["unchanged", "changed"]
    assert scan.problems == (a_finding(),)
