"""The verb `watch`."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.commands import plan, watch
from catalog_platform.errors import UsageError
from catalog_platform.pipeline import saved_files
from catalog_platform.pipeline.saved_files import SavedFiles
from catalog_platform.pipeline.synth import Stacks
from catalog_platform.pipeline.synthesis_process import SynthesisProcess
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


PLANTED = "retention_hours: 48"


@pytest.fixture
def planted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make what only AWS's validation finds of a manifest: a number of shards that is a word."""
    synthesise = SynthesisProcess.__call__

    def planting(
        process: SynthesisProcess, stacks: Stacks, *arguments: Any, **options: Any
    ) -> Path:
        assembly = synthesise(process, stacks, *arguments, **options)
        if any(manifest.stream.retention_hours == 48 for manifest, _ in stacks.values()):
            (template,) = assembly.glob("*.template.json")
            text = template.read_text()
            assert '"ShardCount": 2' in text
            template.write_text(text.replace('"ShardCount": 2', '"ShardCount": "two"'))
        return assembly

    monkeypatch.setattr(SynthesisProcess, "__call__", planting)


@pytest.mark.usefixtures("planted")
def test_whatever_is_wrong_is_reported_and_gone_when_it_is_undone(
    made: PlanRepository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    right = (made.workspace.environments / "shop.yaml").read_text()
    backups = "backup: {enabled: true, retention_days: 3}\n"
    wrong = {
        "[out-of-range]": right.replace("shards: 2", "shards: 0"),
        "[copies-outlive-automatic-backups]": right + backups,
        "[OUR_1]": right.replace("shards: 2", "shards: 3"),
        "[F3012]": right.replace("shards: 2", f"shards: 2\n  {PLANTED}"),
    }
    texts = [text for each in wrong.values() for text in (each, right)]
    saving(monkeypatch, *(functools.partial(made.write, "shop", text) for text in texts))
    assert watch.run(made.workspace, len(texts) + 1, names=[], base="main") == 0
    answers = capsys.readouterr().out.split("waiting for the next save\n")[1:-1]
    for found, bad, good in zip(wrong, answers[::2], answers[1::2], strict=True):
        for other in wrong:
            assert (other in bad) is (other == found or (other, found) == ("[OUR_1]", "[F3012]"))
            assert other not in good
        assert "shop: unchanged" in good


def test_it_reports_what_a_plan_with_a_scan_prints(
    made: PlanRepository, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    policy = made.workspace.policies / "checks" / "rule.py"
    compared: list[str] = []

    def compare() -> None:
        *answer, _, _ = capsys.readouterr().out.splitlines()
        plan.run(made.workspace, names=[], base="main", format="text", scan=True)
        compared.append(capsys.readouterr().out)
        assert compared[-1].splitlines() == answer

    def edit() -> None:
        compare()
        made.edit("shop", "shards: 2", "shards: 3\n  retention_hours: 72")
        (made.workspace.environments / "other.yaml").unlink()

    def edit_the_policy() -> None:
        compare()
        policy.write_text(policy.read_text().replace("No queue", "No stream"))

    saving(monkeypatch, edit, edit_the_policy)
    assert watch.run(made.workspace, 3, names=[], base="main") == 0
    compare()
    unchanged, edited, judged = compared
    assert "no policy was applied" in unchanged
    assert "other: removed" in edited
    assert "[OUR_1] (high, new, shop)" in edited
    assert "[policy-changed]" in judged


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
