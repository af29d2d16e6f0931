"""The verb `watch`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from catalog_platform.commands import watch
from catalog_platform.errors import UsageError
from catalog_platform.pipeline import saved_files
from catalog_platform.pipeline.saved_files import SavedFiles
from support import real_scans
from support.plans import PlanRepository

pytestmark = pytest.mark.synth


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> PlanRepository:
    return real_scans.a_repository(tmp_path / "repository", monkeypatch)


def saving(monkeypatch: pytest.MonkeyPatch, *saves: Callable[[], object]) -> None:
    """Make each wait save something first."""
    left, wait = list(saves), SavedFiles.wait

    def save_and_wait(files: SavedFiles) -> frozenset[Path]:
        left.pop(0)()
        return wait(files)

    monkeypatch.setattr(saved_files.SavedFiles, "wait", save_and_wait)


def test_every_save_is_answered_with_findings_plan_and_policies(
    made: PlanRepository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    saving(
        monkeypatch,
        lambda: made.edit("shop", "shards: 2", "shards: many"),
        lambda: made.edit("shop", "shards: many", "shards: 3"),
        lambda: made.edit("shop", "shards: 3", "shards: 2"),
    )
    assert watch.run(made.workspace, 4, names=[], base="main") == 0
    unchanged, invalid, new, back = capsys.readouterr().out.split("waiting for the next save\n")[:4]
    assert "shop: unchanged" in unchanged
    assert "stream.shards" in invalid
    assert "1 error" in invalid
    assert "shop: changed" not in invalid
    assert "shop: changed: 1 change (1 safe)" in new
    assert "[OUR_1] (high, new, shop)" in new
    assert "shop: unchanged" in back
    assert "OUR_1" not in back


def test_a_policy_that_is_saved_judges_every_environment(
    made: PlanRepository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    rule = made.workspace.policies / "checks" / "rule.py"
    other = rule.read_text().replace("OUR_1", "OUR_2").replace("No queue", "Nothing")
    saving(monkeypatch, lambda: rule.write_text(other))
    assert watch.run(made.workspace, 2, names=[], base="main") == 0
    assert "[OUR_2]" in capsys.readouterr().out


def test_it_ends_when_the_code_changes(
    made: PlanRepository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code = made.workspace.root / "functions"
    code.mkdir()
    saving(monkeypatch, lambda: (code / "new.py").write_text(""))
    assert watch.run(made.workspace, names=["shop"], base="main") == 0
    assert "the code has changed; start again: catalogctl watch" in capsys.readouterr().out


def test_an_unknown_environment_is_refused(made: PlanRepository) -> None:
    with pytest.raises(UsageError, match="shpo"):
        watch.run(made.workspace, 1, names=["shpo"], base="main")
