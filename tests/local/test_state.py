"""The state file is private, and is only valid while the recorded processes run."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from catalog_platform.local import last_run, state, status
from catalog_platform.local.layout import Layout, write_private
from catalog_platform.local.processes import Process
from catalog_platform.local.state import Embedded, Part
from catalog_platform.workspace import Workspace

DEAD = Process(1, "another boot:1")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    Layout(tmp_path / ".local").create()
    return Workspace(tmp_path)


def embedded(folder: Path) -> Embedded:
    return Embedded(
        "http://127.0.0.1:1",
        "us-east-1",
        "000000000001",
        "postgresql://postgres:secret@127.0.0.1:2/postgres",
        "redis://127.0.0.1:3/0",
        (Part("cache", DEAD, 3, folder / "cache.log"),),
        "the token",
    )


def test_a_written_state_can_be_read(workspace: Workspace) -> None:
    state.write(workspace, embedded(workspace.root))
    assert state.recorded(workspace) == embedded(workspace.root)


def test_servers_of_the_emulator_are_parts_too(workspace: Workspace) -> None:
    state.write(workspace, embedded(workspace.root))
    extra = Part("postgres-1f", DEAD, 4, workspace.root / "log")
    state.update_children(Layout.of(workspace).children, lambda found: [*found, extra])
    found = state.recorded(workspace)
    assert found is not None
    assert found.parts[-1] == extra
    assert extra.kind == "postgres"
    state.remove(workspace)
    assert state.read_children(Layout.of(workspace).children) == ()


def test_a_dead_process_is_not_running(workspace: Workspace) -> None:
    state.write(workspace, embedded(workspace.root))
    assert state.read(workspace) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"parts": 1}'])
def test_a_broken_state_file_is_ignored(workspace: Workspace, text: str) -> None:
    Layout.of(workspace).state.write_text(text, encoding="utf-8")
    assert state.recorded(workspace) is None


def test_files_with_passwords_are_private(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old", encoding="utf-8")
    path.chmod(0o644)
    write_private(path, "new")
    assert (path.read_text(encoding="utf-8"), path.stat().st_mode & 0o777) == ("new", 0o600)
    assert list(tmp_path.iterdir()) == [path]


def test_the_environment_connects_any_aws_client(tmp_path: Path) -> None:
    assert embedded(tmp_path).aws_environment() == {
        "AWS_ENDPOINT_URL": "http://127.0.0.1:1",
        "AWS_ACCESS_KEY_ID": "000000000001",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_SESSION_TOKEN": "the token",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


def test_repr_contains_no_secret(workspace: Workspace) -> None:
    found = embedded(workspace.root)
    remembered, _ = last_run.prepare(Layout.of(workspace))
    shown = repr(found) + repr(remembered)
    for secret in ("the token", ":secret@", *secrets_of(remembered)):
        assert secret not in shown


def secrets_of(remembered: last_run.RunSettings) -> tuple[str, ...]:
    return (remembered.postgres_password, remembered.cache_password, remembered.session_token)


def test_each_set_of_data_has_its_own_secrets(tmp_path: Path) -> None:
    found: list[str] = []
    for name in ("one", "other"):
        layout = Layout(tmp_path / name)
        layout.create()
        found += secrets_of(last_run.prepare(layout)[0])
    assert len(set(found)) == len(found)
    assert min(map(len, found)) >= 43


def test_data_without_a_token_gets_one(workspace: Workspace) -> None:
    layout = Layout.of(workspace)
    first, _ = last_run.prepare(layout)
    old = {k: v for k, v in asdict(first).items() if k not in ("session_token", "cache_password")}
    write_private(layout.run_settings, json.dumps(old))
    again, before = last_run.prepare(layout)
    assert before is not None
    assert again.postgres_password == first.postgres_password
    assert again.session_token
    assert last_run.prepare(layout)[0] == again


def test_ports_and_passwords_are_kept(workspace: Workspace) -> None:
    layout = Layout.of(workspace)
    first, before = last_run.prepare(layout)
    assert before is None
    assert last_run.prepare(layout) == (first, first)
    assert last_run.changed_ports(first, replace(first, cache_port=7)) == {first.cache_port: 7}
    assert last_run.changed_ports(None, first) == {}


def test_status_shows_dead_parts_with_their_last_log_lines(workspace: Workspace) -> None:
    (workspace.root / "cache.log").write_text("out of memory\n", encoding="utf-8")
    state.write(workspace, embedded(workspace.root))
    survey = status.survey(workspace)
    assert not survey.running
    assert "cache         DEAD (was pid 1, port 3)" in survey.as_text()
    assert survey.as_text().endswith("out of memory")
    shown = json.loads(survey.as_json())
    assert {"endpoint_url", "region", "account", "postgres_url", "cache_url"} <= shown.keys()


def test_status_without_a_run_shows_how_to_start(tmp_path: Path) -> None:
    assert "catalogctl local up" in status.survey(Workspace(tmp_path)).as_text()
