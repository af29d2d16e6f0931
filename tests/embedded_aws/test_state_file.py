"""The embedded AWS and the platform agree on the files between them; neither imports the other."""

from __future__ import annotations

import os
import re
from dataclasses import fields
from pathlib import Path

from catalog_platform.local import incidents as read_incidents
from catalog_platform.local import overlay
from catalog_platform.local import processes as read_processes
from catalog_platform.local import state as read_state
from catalog_platform.local.files import Files
from catalog_platform.workspace import Workspace
from embedded_aws.servers import incidents, processes, state
from embedded_aws.servers.layout import Layout
from embedded_aws.servers.state import Embedded, Part
from support.embedded_python import output

README = Path("platform") / "embedded_aws" / "README.md"


def test_what_is_written_is_read(tmp_path: Path) -> None:
    workspace, layout = Workspace(tmp_path), Layout(tmp_path / ".local")
    layout.create()
    own = processes.with_pid(os.getpid())
    additional = Part("postgres-1f", own, 4, tmp_path / "other.log", "postgresql://127.0.0.1:4/")
    written = Embedded(
        endpoint_url="http://127.0.0.1:1",
        region="us-east-1",
        account="000000000001",
        postgres_url="postgresql://postgres:secret@127.0.0.1:2/postgres",
        cache_url="redis://:secret@127.0.0.1:3/0",
        session_token="the token",
        parts=(Part("cache", own, 3, tmp_path / "cache.log"),),
    )
    state.write(layout, written)
    state.update_children(layout.children, lambda _found: [additional])
    found = read_state.read(workspace)
    assert found is not None
    assert state.VERSION == read_state.VERSION
    assert state.SUPERVISOR == read_state.SUPERVISOR
    for field in fields(Embedded):
        if field.name != "parts":
            assert getattr(found, field.name) == getattr(written, field.name)
    shown = [(p.name, p.pid, p.process.started, p.port, p.log, p.url) for p in found.parts]
    assert shown == [
        (p.name, p.pid, p.process.started, p.port, p.log, p.url)
        for p in (*written.parts, additional)
    ]


def test_both_sides_identify_processes_in_the_same_way() -> None:
    own = processes.with_pid(os.getpid())
    same = read_processes.Process(own.pid, own.started)
    assert read_processes.alive(same)
    boot, _, seconds = own.started.rpartition(":")
    for started in (f"{boot}:{float(seconds) - 10:.2f}", f"other{boot}:{seconds}"):
        assert not read_processes.alive(read_processes.Process(own.pid, started))
        assert not processes.alive(processes.Process(own.pid, started))


def test_incidents_are_read_as_written(tmp_path: Path) -> None:
    layout = Layout(tmp_path / ".local")
    layout.create()
    incidents.append(layout, "cache", 7, "restarted as pid 8", "bye")
    (found,) = read_incidents.read(Workspace(tmp_path))
    assert (found.part, found.pid, found.outcome, found.last_lines) == (
        "cache", 7, "restarted as pid 8", "bye",
    )  # fmt: skip


def test_the_files_are_at_the_same_paths(tmp_path: Path) -> None:
    files, layout = Files(tmp_path), Layout(tmp_path)
    for name in ("state", "children", "incidents", "checkpoints", "logs"):
        assert getattr(files, name) == getattr(layout, name), name


def test_functions_get_the_values_that_a_rehearsal_reports(repository: Workspace) -> None:
    code = "from embedded_aws.emulator.functions import VARIABLES; print(sorted(VARIABLES.items()))"
    expected = sorted((name, value) for name, (value, _reason) in overlay.VARIABLES.items())
    assert output(repository, code).strip() == str(expected)


def test_the_readme_documents_every_key(repository: Workspace) -> None:
    text = (repository.root / README).read_text(encoding="utf-8")
    keys = {field.name for field in fields(Embedded)} | {"version", "pid", "started"}
    keys |= {field.name for field in fields(Part)} - {"process"}
    keys |= {field.name for field in fields(incidents.Incident)}
    documented = set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE))
    assert keys - documented == set()
    assert f"format {state.VERSION}" in text
