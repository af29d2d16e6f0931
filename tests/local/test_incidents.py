"""Incidents are shown with the last log lines of the part that ended."""

from __future__ import annotations

from pathlib import Path

from catalog_platform.local import incidents
from catalog_platform.workspace import Workspace
from embedded_aws.servers import incidents as written
from embedded_aws.servers.layout import Layout


def test_incidents_are_read_oldest_first(tmp_path: Path) -> None:
    workspace, layout = Workspace(tmp_path), Layout(tmp_path / ".local")
    assert incidents.read(workspace) == ()
    layout.create()
    written.append(layout, "cache", 7, "restarted as pid 8", "out of memory\nbye")
    written.append(layout, "aws", 9, "restarted as pid 10", "")
    first, second = incidents.read(workspace)
    assert (first.part, first.pid, second.part) == ("cache", 7, "aws")


def test_an_incomplete_line_is_skipped(tmp_path: Path) -> None:
    layout = Layout(tmp_path / ".local")
    layout.create()
    written.append(layout, "cache", 7, "restarted as pid 8", "")
    with layout.incidents.open("a", encoding="utf-8") as file:
        file.write('{"at": "2026-11-26T12:0')
    assert [found.part for found in incidents.read(Workspace(tmp_path))] == ["cache"]


def test_an_incident_is_shown_with_its_last_log_lines() -> None:
    found = incidents.Incident(
        "2026-11-26T12:00:00+00:00", "cache", 7, "restarted as pid 8", "out of memory\nbye"
    )
    head, *lines = found.as_text().splitlines()
    assert head.endswith("cache (pid 7) ended unexpectedly: restarted as pid 8")
    assert lines == ["    out of memory", "    bye"]
