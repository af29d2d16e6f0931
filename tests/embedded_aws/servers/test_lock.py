"""One command at a time starts or stops an embedded AWS; the others wait and say so."""

from __future__ import annotations

from pathlib import Path

import pytest

from embedded_aws.errors import EmbeddedAwsError
from embedded_aws.servers import lock
from embedded_aws.servers.layout import Layout


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(tmp_path / ".local")


def test_a_second_command_reports_that_it_waits_and_gives_up(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines: list[str] = []
    monkeypatch.setattr(lock, "LOCK_SECONDS", 0.2)
    with (
        lock.held(layout, lines.append),
        pytest.raises(EmbeddedAwsError, match="has been locked by another command"),
        lock.held(layout, lines.append),
    ):
        pass
    assert lines == ["waiting for another command that starts or stops this embedded AWS"]
    with lock.held(layout, lines.append):
        pass


def test_an_attempt_does_not_wait(layout: Layout) -> None:
    with lock.attempted(layout) as without_folder:
        assert not without_folder
    with lock.held(layout, print), lock.attempted(layout) as taken:
        assert not taken
    with lock.attempted(layout) as free:
        assert free
