"""The base of a plan, synthesised with its own code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.errors import PlatformError, ToolError
from catalog_platform.pipeline.planning import base_version
from catalog_platform.workspace import Workspace
from support.plans import PlanRepository

pytestmark = pytest.mark.synth


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PlanRepository:
    return PlanRepository.with_two_shops(tmp_path / "repository", monkeypatch)


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
    assert made.statuses() == {"other": "unchanged", "shop": "unknown"}


def test_code_in_a_submodule_is_refused_instead_of_compared_without_it(
    made: PlanRepository,
) -> None:
    source = made.workspace.root.as_uri()
    made.repository.git("-c", "protocol.file.allow=always", "submodule", "add", source, "platform")
    made.repository.commit("a submodule")
    made.edit("shop", "shards: 2", "shards: 3")
    with pytest.raises(PlatformError, match="has submodules, which are not compared: platform"):
        made.plan()
