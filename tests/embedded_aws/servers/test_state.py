"""The state file is private, and is only valid while the recorded processes run."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from embedded_aws.servers import processes, state
from embedded_aws.servers.layout import Layout
from embedded_aws.servers.processes import Process
from embedded_aws.servers.state import SUPERVISOR, Embedded, Part

DEAD = Process(1, "another boot:1")


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    found = Layout(tmp_path / ".local")
    found.create()
    return found


def embedded(*parts: Part) -> Embedded:
    return Embedded(
        endpoint_url="http://127.0.0.1:1",
        region="us-east-1",
        account="000000000001",
        postgres_url="postgresql://postgres:secret@127.0.0.1:2/postgres",
        cache_url="redis://:secret@127.0.0.1:3/0",
        session_token="the token",
        parts=parts or (Part("cache", DEAD, 3, Path("cache.log")),),
    )


def test_a_written_state_can_be_read(layout: Layout) -> None:
    state.write(layout, embedded())
    assert state.recorded(layout) == embedded()
    assert layout.state.stat().st_mode & 0o777 == 0o600


def test_servers_of_the_emulator_are_parts_too(layout: Layout) -> None:
    state.write(layout, embedded())
    url = "postgresql://postgres:secret@127.0.0.1:4/postgres"
    extra = Part("postgres-1f", DEAD, 4, layout.home / "log", url)
    state.update_children(layout.children, lambda found: [*found, extra])
    found = state.recorded(layout)
    assert found is not None
    assert found.parts[-1] == extra
    assert extra.kind == "postgres"
    state.remove(layout)
    assert state.read_children(layout.children) == ()


def test_a_state_with_a_dead_process_is_not_running(layout: Layout) -> None:
    alive = Part("aws", processes.with_pid(os.getpid()), 3, Path("aws.log"))
    state.write(layout, embedded(alive))
    assert state.read(layout) == embedded(alive)
    state.write(layout, embedded(alive, Part("cache", DEAD, 3, Path("cache.log"))))
    assert state.read(layout) is None


def test_a_dead_supervisor_does_not_count(layout: Layout) -> None:
    alive = Part("aws", processes.with_pid(os.getpid()), 3, Path("aws.log"))
    state.write(layout, embedded(alive, Part(SUPERVISOR, DEAD, 0, Path("supervisor.log"))))
    assert state.read(layout) is not None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"parts": 1}', '{"version": 1}'])
def test_a_broken_state_file_is_ignored(layout: Layout, text: str) -> None:
    layout.state.write_text(text, encoding="utf-8")
    assert state.recorded(layout) is None


def test_a_state_file_of_another_version_is_ignored(layout: Layout) -> None:
    state.write(layout, embedded())
    stored = json.loads(layout.state.read_text(encoding="utf-8"))
    layout.state.write_text(json.dumps({**stored, "version": state.VERSION + 1}), encoding="utf-8")
    assert state.recorded(layout) is None


def test_repr_contains_no_secret() -> None:
    assert "the token" not in repr(embedded())
    assert ":secret@" not in repr(embedded())
