"""The state of the embedded AWS is read from its file; the format of another version is refused."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.errors import PlatformError
from catalog_platform.local import state, status
from catalog_platform.local.files import Files
from catalog_platform.workspace import Workspace

STORED: dict[str, Any] = {
    "version": 1,
    "endpoint_url": "http://127.0.0.1:1",
    "region": "us-east-1",
    "account": "000000000001",
    "postgres_url": "postgresql://postgres:secret@127.0.0.1:2/postgres",
    "cache_url": "redis://:secret@127.0.0.1:3/0",
    "session_token": "the token",
    "parts": [
        {
            "name": "cache",
            "pid": 1,
            "started": "another boot:1",
            "port": 3,
            "log": "cache.log",
            "url": "",
        }
    ],
}


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    found = Workspace(tmp_path)
    found.state.mkdir()
    return found


def write(workspace: Workspace, **changes: Any) -> None:
    Files.of(workspace).state.write_text(json.dumps({**STORED, **changes}), encoding="utf-8")


def test_a_dead_process_is_not_running(workspace: Workspace) -> None:
    write(workspace)
    found = state.recorded(workspace)
    assert found is not None
    assert found.pids == {"cache": 1}
    assert state.read(workspace) is None


def test_unknown_keys_are_ignored(workspace: Workspace) -> None:
    (part,) = STORED["parts"]
    write(workspace, added=1, parts=[{**part, "added": 1}])
    found = state.recorded(workspace)
    assert found is not None
    assert found.pids == {"cache": 1}


def test_without_a_file_nothing_is_recorded(workspace: Workspace) -> None:
    assert state.recorded(workspace) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"version": 1}'])
def test_a_broken_state_file_is_ignored(workspace: Workspace, text: str) -> None:
    Files.of(workspace).state.write_text(text, encoding="utf-8")
    assert state.recorded(workspace) is None


@pytest.mark.parametrize("version", [0, 2, "1"])
def test_another_format_is_refused_with_the_way_out(workspace: Workspace, version: object) -> None:
    write(workspace, version=version)
    with pytest.raises(PlatformError, match=f"has format {version}.* reads format 1") as caught:
        state.recorded(workspace)
    assert "catalogctl local up" in caught.value.hint


def test_the_format_of_earlier_versions_had_no_version(workspace: Workspace) -> None:
    earlier = {name: value for name, value in STORED.items() if name != "version"}
    Files.of(workspace).state.write_text(json.dumps(earlier), encoding="utf-8")
    with pytest.raises(PlatformError, match="has format 0"):
        state.read(workspace)


def test_the_environment_connects_any_aws_client(workspace: Workspace) -> None:
    write(workspace)
    found = state.recorded(workspace)
    assert found is not None
    assert found.aws_environment() == {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_ACCESS_KEY_ID": "000000000001",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_SESSION_TOKEN": "the token",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def test_repr_contains_no_secret(workspace: Workspace) -> None:
    write(workspace)
    shown = repr(state.recorded(workspace))
    assert "the token" not in shown
    assert ":secret@" not in shown


def test_status_shows_dead_parts_with_their_last_log_lines(workspace: Workspace) -> None:
    log = workspace.root / "cache.log"
    log.write_text("out of memory\n", encoding="utf-8")
    (part,) = STORED["parts"]
    write(workspace, parts=[{**part, "log": str(log)}])
    found = status.read(workspace)
    assert not found.running
    assert "cache         DEAD (was pid 1, port 3)" in found.as_text()
    assert found.as_text().endswith("out of memory")
    shown = json.loads(found.as_json())
    assert {"endpoint_url", "region", "account", "postgres_url", "cache_url"} <= shown.keys()


def test_status_without_a_run_shows_how_to_start(tmp_path: Path) -> None:
    assert "catalogctl local up" in status.read(Workspace(tmp_path)).as_text()
