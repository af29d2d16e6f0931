"""Incidents are kept until the next start, with the last log lines of the part."""

from __future__ import annotations

from pathlib import Path

from catalog_platform.local import restarts
from catalog_platform.local.layout import Layout


def test_incidents_are_read_oldest_first(tmp_path: Path) -> None:
    layout = Layout(tmp_path / ".local")
    layout.create()
    assert restarts.read(layout) == ()
    restarts.note(layout, "cache", 7, "restarted as pid 8", "out of memory\nbye")
    restarts.note(layout, "aws", 9, "restarted as pid 10", "")
    first, second = restarts.read(layout)
    assert (first.part, first.pid, second.part) == ("cache", 7, "aws")
    assert first.at <= second.at


def test_an_incident_is_shown_with_its_last_log_lines(tmp_path: Path) -> None:
    layout = Layout(tmp_path / ".local")
    layout.create()
    restarts.note(layout, "cache", 7, "restarted as pid 8", "out of memory\nbye")
    head, *lines = restarts.read(layout)[0].as_text().splitlines()
    assert head.endswith("cache (pid 7) ended unexpectedly: restarted as pid 8")
    assert lines == ["    out of memory", "    bye"]


def test_a_new_start_clears_the_incidents(tmp_path: Path) -> None:
    layout = Layout(tmp_path / ".local")
    layout.create()
    restarts.note(layout, "cache", 7, "restarted as pid 8", "")
    layout.create()
    assert restarts.read(layout) == ()
