"""The reports of `catalogctl scan`: formats, files, history."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from catalog_platform.errors import UsageError
from catalog_platform.pipeline import last_scan
from catalog_platform.workspace import Workspace
from support import scanned
from support.scanned import run


@pytest.fixture
def workspace(examples: Workspace, tmp_path: Path) -> Workspace:
    return scanned.a_workspace(examples, tmp_path / "repository")


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    return scanned.an_assembly(tmp_path / "out")


def test_one_scan_writes_every_format_into_a_folder(
    workspace: Workspace, assembly: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "reports" / "scan"
    assert run(workspace, assembly, "development", "production", out=out) == 1
    assert (out / "scan.txt").read_text() == capsys.readouterr().out
    names = ["scan.html", "scan.json", "scan.md", "scan.sarif", "scan.txt"]
    assert sorted(each.name for each in out.iterdir()) == names
    assert all("Stream/Queue" in (out / name).read_text() for name in names)
    with pytest.raises(UsageError, match="is not a folder"):
        run(workspace, assembly, "development", out=out / "scan.txt")


@pytest.mark.parametrize("chosen", ["github", "markdown", "html"])
def test_a_report_has_the_time_that_is_given(
    workspace: Workspace, assembly: Path, capsys: pytest.CaptureFixture[str], chosen: str
) -> None:
    time = datetime.datetime(2031, 2, 3, 4, 5, tzinfo=datetime.UTC)
    assert run(workspace, assembly, "production", format=chosen, time=time) == 1
    printed = capsys.readouterr().out
    assert ("2031-02-03 04:05 UTC" in printed) == (chosen != "github")
    assert "OUR" in printed


def test_scans_are_recorded_and_the_page_shows_their_trend(
    workspace: Workspace, assembly: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    history = tmp_path / "history.jsonl"
    for day in (3, 4):
        time = datetime.datetime(2031, 2, day, tzinfo=datetime.UTC)
        run(workspace, assembly, "production", format="html", history=history, time=time)
    assert "From 2031-02-03 to 2031-02-04: failed from 1 to 1" in capsys.readouterr().out
    assert len(history.read_text().splitlines()) == 2


def test_a_damaged_history_is_a_warning_and_the_scan_is_recorded(
    workspace: Workspace, assembly: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    history = tmp_path / "history.jsonl"
    history.write_text("damaged")
    assert run(workspace, assembly, "development", history=history) == 0
    printed = capsys.readouterr().out
    assert "warning: 1 line of the history can't be read: 1 [history-damaged]" in printed
    assert history.read_text().startswith("damaged\n{")


def test_a_scan_that_was_prevented_is_not_recorded(
    workspace: Workspace, assembly: Path, tmp_path: Path
) -> None:
    (workspace.environments / "production.yaml").write_text("x: [\n")
    assert run(workspace, assembly, "production", history=tmp_path / "history.jsonl") == 1
    assert not (tmp_path / "history.jsonl").exists()


def test_the_last_scan_is_kept_whatever_the_format(workspace: Workspace, assembly: Path) -> None:
    assert run(workspace, assembly, "development", "production", format="sarif") == 1
    kept = last_scan.load(workspace)
    assert [each.policy for each in kept.results] == ["OUR_1"]
    assert [each.environment for each in kept.environments] == ["development", "production"]
    assert run(workspace, assembly, "development") == 0
    assert last_scan.load(workspace).results == []


def test_a_scan_counts_although_it_cannot_be_kept(
    workspace: Workspace, assembly: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workspace.build.write_text("a file where the folder should be")
    assert run(workspace, assembly, "development") == 0
    assert "the result is not kept for catalogctl waive" in capsys.readouterr().err


def test_manifests_that_prevent_a_scan_leave_the_last_one(
    workspace: Workspace, assembly: Path
) -> None:
    run(workspace, assembly, "production")
    before = last_scan.path_of(workspace).read_bytes()
    (workspace.environments / "production.yaml").write_text("x: [\n")
    assert run(workspace, assembly, "production") == 1
    assert last_scan.path_of(workspace).read_bytes() == before


def test_a_scan_without_any_environment_is_incomplete(
    workspace: Workspace, assembly: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for each in workspace.environments.glob("*.yaml"):
        each.rename(each.with_suffix(".yml"))
    assert run(workspace, assembly) == 1
    assert "there is no environment to scan" in capsys.readouterr().out
