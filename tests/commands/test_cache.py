from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from catalog_platform.commands import cache
from catalog_platform.content_cache import ContentCache
from catalog_platform.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    ContentCache(tmp_path / "build" / "verdicts", ".verdicts").write("prod", b"content")
    (file,) = (tmp_path / "build" / "verdicts").iterdir()
    os.utime(file, (1_800_000_000, 1_800_000_000))
    return Workspace(tmp_path)


def test_the_table_has_a_line_for_each_cache(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cache.status(workspace, format="text") == 0
    head, *lines = capsys.readouterr().out.splitlines()
    assert head.split() == [
        "cache",
        "entries",
        "bytes",
        "damaged",
        *("oldest", "use"),
        "newest",
        "use",
    ]
    rows = {line.split()[0]: line.split()[1:] for line in lines}
    assert rows["bundles"] == rows["user-bundles"] == ["0", "0", "0"]
    assert rows["verdicts"][0] == "1"
    assert rows["verdicts"][2:] == ["0", "2027-01-15T08:00:00Z", "2027-01-15T08:00:00Z"]


def test_json_has_the_same(workspace: Workspace, capsys: pytest.CaptureFixture[str]) -> None:
    cache.status(workspace, format="json")
    found = {each["name"]: each for each in json.loads(capsys.readouterr().out)}
    assert found["verdicts"]["newest_use"] == "2027-01-15T08:00:00Z"
    assert found["scans"] == {
        "name": "scans",
        "entries": 0,
        "bytes": 0,
        "damaged": 0,
        "oldest_use": None,
        "newest_use": None,
    }


def test_clearing_says_what_it_removes(
    workspace: Workspace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cache.clear(workspace, everything=False) == 0
    shown = capsys.readouterr().err
    assert "verdicts: 1 entry removed" in shown
    assert "bundles" not in shown
    cache.clear(workspace, everything=True)
    assert "bundles: 0 entries removed" in capsys.readouterr().err
