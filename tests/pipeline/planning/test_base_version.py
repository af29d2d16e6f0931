"""The base of a plan, synthesised with its own code."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.errors import PlatformError, ToolError
from catalog_platform.infra import app
from catalog_platform.pipeline.planning import base_version
from catalog_platform.workspace import Workspace
from support.plans import PlanRepository

pytestmark = pytest.mark.synth


@pytest.fixture
def same_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PlanRepository:
    return PlanRepository.with_two_shops(tmp_path / "repository", monkeypatch)


@pytest.fixture
def made(same_code: PlanRepository) -> PlanRepository:
    """A working tree whose code differs from the base's."""
    code = same_code.workspace.root / "platform"
    code.mkdir()
    (code / "new.py").write_text("")
    return same_code


def synthesised(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list to which the environments of each synthesis are added."""
    found: list[str] = []
    synthesise = app.synthesise

    def counted(environments: Any, *arguments: Any, **options: Any) -> Path:
        found.extend(environments)
        return synthesise(environments, *arguments, **options)

    monkeypatch.setattr(app, "synthesise", counted)
    return found


def test_a_base_of_the_same_code_is_synthesised_in_this_process_and_once(
    same_code: PlanRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(base_version, "run_own")
    names = synthesised(monkeypatch)
    same_code.edit("shop", "shards: 2", "shards: 3")
    first = same_code.plan("shop")
    assert names == ["shop", "shop"]
    assert same_code.plan("shop").environments == first.environments
    assert names == ["shop"] * 3


def test_stacks_that_a_commit_has_added_are_not_used(
    same_code: PlanRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    same_code.edit("shop", "shards: 2", "shards: 3")
    same_code.plan("shop")
    same_code.repository.git("add", "--force", "build/stacks")
    names = synthesised(monkeypatch)
    same_code.plan("shop")
    assert names == ["shop", "shop"]


def test_a_single_edit_needs_no_synthesis_for_its_cause(
    same_code: PlanRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = synthesised(monkeypatch)
    same_code.edit("shop", "shards: 2", "shards: 3")
    (change,) = same_code.environment("shop").changes
    assert [each.key for each in change.because] == ["stream.shards"]
    assert names == ["shop", "shop"]


def test_each_of_several_edits_is_synthesised_alone_once(
    same_code: PlanRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    same_code.edit("shop", "shards: 2", "shards: 3\n  retention_hours: 72")
    first = same_code.environment("shop")
    names = synthesised(monkeypatch)
    assert same_code.environment("shop") == first
    assert names == ["shop"]
    same_code.edit("shop", "retention_hours: 72", "retention_hours: 96")
    (change,) = same_code.environment("shop").changes
    assert {each.key for each in change.because} == {"stream.shards", "stream.retention_hours"}
    assert names == ["shop"] * 3
    (same_code.workspace.root / "functions").mkdir()
    (same_code.workspace.root / "functions" / "new.py").write_text("")
    same_code.environment("shop")
    # Of the head, of each edit, and of none: with another code, nothing is known.
    assert names == ["shop"] * 7


def test_both_ways_to_make_the_base_give_the_same_plan(same_code: PlanRepository) -> None:
    same_code.edit("shop", "shards: 2", "shards: 3")
    in_process = same_code.environment("shop")
    shutil.rmtree(same_code.workspace.build / "stacks")
    (same_code.workspace.root / "functions").mkdir()
    (same_code.workspace.root / "functions" / "new.py").write_text("")
    assert same_code.environment("shop") == in_process


def test_the_base_is_synthesised_once_and_never_from_a_damaged_file(
    made: PlanRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    runs: list[str] = []
    run_own = getattr(base_version, "run_own")  # noqa: B009 - of the fixture

    def counted(*arguments: Any, **options: Any) -> str:
        runs.append(arguments[1])
        return run_own(*arguments, **options)

    monkeypatch.setattr(base_version, "run_own", counted)
    made.edit("shop", "shards: 2", "shards: 3")
    first = made.plan("shop")
    assert runs == ["-q", "synth"]
    made.edit("shop", "shards: 3", "shards: 4")
    assert made.environment("shop").verdict == "safe"
    made.edit("shop", "shards: 4", "shards: 3")
    assert made.plan("shop").environments == first.environments
    assert runs == ["-q", "synth"]
    (kept,) = (made.workspace.build / "stacks").iterdir()
    kept.write_bytes(kept.read_bytes()[:-1])
    assert made.plan("shop").environments == first.environments
    assert runs == ["-q", "synth", "-q", "synth"]


def test_an_environment_that_cannot_be_synthesised_does_not_hide_the_others(
    made: PlanRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    run_own = getattr(base_version, "run_own")  # noqa: B009 - of the fixture

    def failing(workspace: Workspace, *arguments: str, **options: Any) -> str:
        if arguments[0] == "synth" and "other" in arguments:
            raise ToolError("failed", returncode=3, tail="no such construct")
        return run_own(workspace, *arguments, **options)

    monkeypatch.setattr(base_version, "run_own", failing)
    made.edit("defaults", "owner: catalog-platform", "owner: other-team")
    assert made.statuses() == {"other": "unknown", "shop": "changed"}
    (finding,) = made.environment("other").findings or []
    assert (finding.side, finding.rule) == ("base", "base-not-synthesised")
    assert "no such construct" in finding.message


def test_a_base_whose_own_code_is_stricter_is_unknown(
    made: PlanRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = {
        "rule": "own-rule",
        "severity": "error",
        "message": "the base's code refuses it",
        "environment": "shop",
        "file": "environments/shop.yaml",
        "line": 3,
        "column": 1,
    }
    run_own = getattr(base_version, "run_own")  # noqa: B009 - of the fixture

    def strict(workspace: Workspace, *arguments: str, **options: Any) -> str:
        if "validate" in arguments:
            for line in json.dumps({"findings": [report]}, indent=2).splitlines():
                options["on_line"](line)
            raise ToolError("failed", returncode=1, tail="")
        return run_own(workspace, *arguments, **options)

    monkeypatch.setattr(base_version, "run_own", strict)
    made.edit("defaults", "owner: catalog-platform", "owner: other-team")
    assert made.statuses() == {"other": "changed", "shop": "unknown"}
    (finding,) = made.environment("shop").findings or []
    assert (finding.side, finding.rule, finding.line) == ("base", "own-rule", 3)


@pytest.mark.parametrize("printed", ["Traceback: no such option", '{\n"findings": []\n}'])
def test_a_base_whose_own_code_cannot_report_is_unknown(
    printed: str, made: PlanRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crashing(_workspace: Workspace, *_arguments: str, **options: Any) -> str:
        for line in printed.splitlines():
            options["on_line"](line)
        raise ToolError("failed", returncode=3, tail=printed)

    monkeypatch.setattr(base_version, "run_own", crashing)
    made.edit("shop", "shards: 2", "shards: 3")
    assert made.statuses() == {"other": "unknown", "shop": "unknown"}


def test_code_in_a_submodule_is_refused_instead_of_compared_without_it(
    same_code: PlanRepository,
) -> None:
    source = same_code.workspace.root.as_uri()
    same_code.repository.git(
        "-c", "protocol.file.allow=always", "submodule", "add", source, "platform"
    )
    same_code.repository.commit("a submodule")
    same_code.edit("shop", "shards: 2", "shards: 3")
    with pytest.raises(PlatformError, match="has submodules, which are not compared: platform"):
        same_code.plan()
