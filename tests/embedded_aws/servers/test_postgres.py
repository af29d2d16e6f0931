"""A pid file is removed only when its pid belongs to a process; PostgreSQL handles the others."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from embedded_aws.errors import ProgramError
from embedded_aws.servers import postgres, unprivileged
from embedded_aws.servers.postgres import Cluster


@pytest.mark.parametrize(
    ("content", "kept"),
    [(f"{os.getpid()}\n/data\n", False), (f"{2**22 + 1}\n/data\n", True), ("not a pid", True)],
    ids=["running", "unused", "invalid"],
)
def test_a_pid_file_of_a_reused_pid_is_removed(tmp_path: Path, content: str, kept: bool) -> None:
    pid_file = tmp_path / "postmaster.pid"
    pid_file.write_text(content, encoding="ascii")
    postgres._remove_stale_pid_file(pid_file)
    assert pid_file.exists() == kept


def test_a_pid_file_of_another_users_process_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_pid: int, _signal: int) -> None:
        raise PermissionError

    pid_file = tmp_path / "postmaster.pid"
    pid_file.write_text("1\n", encoding="ascii")
    monkeypatch.setattr(os, "kill", refuse)
    postgres._remove_stale_pid_file(pid_file)
    assert not pid_file.exists()


def test_a_server_is_ready_according_to_its_pid_file(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path, tmp_path / "log", 5432, "secret")
    folder = cluster.folder
    folder.mkdir(exist_ok=True)
    assert not postgres.ready(cluster)
    lines = ["1", "/data", "0", "5432", "", "127.0.0.1", "0", "starting"]
    (folder / "postmaster.pid").write_text("\n".join(lines), encoding="ascii")
    assert not postgres.ready(cluster)
    (folder / "postmaster.pid").write_text("\n".join([*lines[:-1], "ready   "]), encoding="ascii")
    assert postgres.ready(cluster)
    assert "secret" not in repr(cluster)
    postgres.discard(cluster)


def test_a_failed_program_is_reported_with_its_output(tmp_path: Path) -> None:
    cluster = Cluster(tmp_path, tmp_path / "log", 5432, "secret")
    cluster.folder.mkdir(exist_ok=True)
    account = unprivileged.Account(None, None)
    with pytest.raises(ProgramError, match="sh failed with exit code 3") as caught:
        postgres._run(["/bin/sh", "-c", "echo no space; exit 3"], cluster, account)
    assert caught.value.log == "no space"
    with pytest.raises(ProgramError, match="cannot start nothing: No such file"):
        postgres._run([tmp_path / "nothing"], cluster, account)
    postgres.discard(cluster)
