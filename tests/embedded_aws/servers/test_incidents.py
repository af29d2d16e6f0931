"""Incidents are kept until the next start, with the last log lines of the part."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from embedded_aws.servers import incidents
from embedded_aws.servers.layout import Layout


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    found = Layout(tmp_path / ".local")
    found.create()
    return found


def stored(layout: Layout) -> list[dict[str, Any]]:
    return [json.loads(line) for line in layout.incidents.read_text("utf-8").splitlines()]


def test_incidents_are_appended(layout: Layout) -> None:
    incidents.append(layout, "cache", 7, "restarted as pid 8", "out of memory\nbye")
    incidents.append(layout, "aws", 9, "restarted as pid 10", "")
    first, second = stored(layout)
    assert (first["part"], first["pid"], second["part"]) == ("cache", 7, "aws")
    assert first["last_lines"] == "out of memory\nbye"
    assert first["at"] <= second["at"]
    assert layout.incidents.stat().st_mode & 0o777 == 0o600


def test_a_new_start_clears_the_incidents(layout: Layout) -> None:
    incidents.append(layout, "cache", 7, "restarted as pid 8", "")
    layout.create()
    assert not layout.incidents.exists()
