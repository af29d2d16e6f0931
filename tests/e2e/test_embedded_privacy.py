"""Other users of the machine find ports with passwords and private files."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import psycopg
import pytest
import redis

from catalog_platform.local import logs, status
from catalog_platform.local.state import Embedded
from catalog_platform.workspace import Workspace
from embedded_aws.servers.layout import Layout
from support.embedded import client, data_folder, eventually, pipe, running

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("workspace")


@pytest.fixture(scope="module")
def embedded(root: Path) -> Iterator[Embedded]:
    # A common umask: privacy must not depend on it.
    before = os.umask(0o022)
    try:
        with running(root) as found:
            yield found
    finally:
        os.umask(before)


def test_only_status_shows_the_token(embedded: Embedded, root: Path) -> None:
    found_status = status.read(Workspace(root))
    assert json.loads(found_status.as_json())["session_token"] == embedded.session_token
    exported = [line for line in found_status.as_text().splitlines() if line.startswith("export ")]
    shown = subprocess.run(
        ["/bin/sh", "-c", "\n".join([*exported, "env"])], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    for name, value in embedded.aws_environment().items():
        assert f"{name}={value}" in shown
    assert embedded.session_token not in found_status.without_token().as_text()
    assert embedded.session_token not in found_status.without_token().as_json()
    assert embedded.session_token not in "\n".join(logs.lines(Workspace(root)))


def test_the_servers_require_passwords(embedded: Embedded) -> None:
    ports = {part.name: part.port for part in embedded.parts}
    with redis.Redis(port=ports["cache"]) as cache, pytest.raises(redis.AuthenticationError):
        cache.ping()
    for user in ("postgres", "rds_iam", "nobody"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(host="127.0.0.1", port=ports["postgres"], user=user, dbname="postgres")
    for part in ("cache", "postgres", "aws"):
        command = " ".join(psutil.Process(embedded.pids[part]).cmdline())
        secrets = (embedded.postgres_url, embedded.cache_url)
        for secret in (embedded.session_token, *(urlsplit(url).password for url in secrets)):
            assert secret
            assert secret not in command


def test_every_file_is_private(embedded: Embedded, root: Path, tmp_path: Path) -> None:
    found = pipe(embedded, tmp_path, "private")
    found.put("record")
    eventually(found.taken)
    client(embedded, "secretsmanager").create_secret(Name="private", SecretString="x")
    home = Layout(Workspace(root).state).home
    eventually((home / "data" / "aws" / "state" / "secretsmanager.json").exists)
    assert open_to_others(home) == []
    assert open_to_others(data_folder(Workspace(root))) == []


def open_to_others(folder: Path) -> list[str]:
    """List paths that other users can access; a server's user may traverse folders by its group."""
    return [
        f"{path} {path.lstat().st_mode:o}"
        for path in folder.rglob("*")
        if not path.is_symlink() and path.lstat().st_mode & (0o067 if path.is_dir() else 0o077)
    ]


def test_the_next_start_makes_files_private(tmp_path: Path) -> None:
    layout = Layout(tmp_path / "home")
    layout.create()
    (layout.data / "old").mkdir(mode=0o755)
    (layout.data / "old" / "file").write_text("secret", encoding="utf-8")
    (layout.data / "old" / "file").chmod(0o644)
    (layout.data / "old").chmod(0o755)
    layout.create()
    assert open_to_others(layout.home) == []


INTRUDER = """
import encodings.idna, encodings.latin_1, json, os, socket, sys
uid, files, ports = json.load(sys.stdin)
os.setgroups([]); os.setgid(uid); os.setuid(uid)
read = []
for path in files:
    try:
        open(path, "rb").read(1)
        read.append(path)
    except OSError:
        try:
            os.listdir(path)
            read.append(path)
        except OSError:
            pass
answers = {}
for name, port in ports.items():
    request = {
        "aws": b"GET /_ministack/health HTTP/1.1\\r\\nHost: 127.0.0.1:%d\\r\\n\\r\\n" % port,
        "cache": b"KEYS *\\r\\n",
    }.get(name)
    if request:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(request)
            answers[name] = connection.recv(64).decode("latin-1")
print(json.dumps([read, answers]))
"""


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can act as another user")
@pytest.mark.parametrize("user", [65534, 12345])
def test_another_user_of_the_machine_is_refused(embedded: Embedded, root: Path, user: int) -> None:
    workspace = Workspace(root)
    # Not in pytest's private folder, which would hide readable files.
    opened = [path for path in (root, *root.parents) if path.stat().st_mode & 0o005 != 0o005]
    modes = {path: path.stat().st_mode for path in opened}
    folder, home = data_folder(workspace), Layout(workspace.state).home
    files = [str(path) for top in (home, folder) for path in (top, *top.rglob("*"))]
    files += [f"/proc/{part.pid}/environ" for part in embedded.parts]
    files += ["/etc/passwd"]
    ports = {part.name: part.port for part in embedded.parts if part.port}
    try:
        for path in opened:
            path.chmod(0o755)
        shown = subprocess.run(
            [sys.executable, "-c", INTRUDER],
            input=json.dumps([user, files, ports]),
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    finally:
        for path, mode in modes.items():
            path.chmod(mode)
    read, answers = json.loads(shown)
    assert read == ["/etc/passwd"]
    assert answers["aws"].startswith("HTTP/1.1 403")
    assert answers["cache"].startswith("-NOAUTH")


def test_only_the_three_servers_listen(embedded: Embedded, root: Path) -> None:
    listening = set()
    for pid in Layout(Workspace(root).state).run.processes():
        with contextlib.suppress(psutil.NoSuchProcess):
            sockets = psutil.Process(pid).net_connections(kind="tcp")
            listening |= {s.laddr.port for s in sockets if s.status == psutil.CONN_LISTEN}
    assert listening == {part.port for part in embedded.parts if part.port}
