"""Parts of the embedded AWS that are killed under load are restarted without data loss."""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
import redis
from botocore.exceptions import BotoCoreError, ClientError

from catalog_platform.local import incidents, launcher, processes, state, status
from catalog_platform.local.state import SUPERVISOR, Embedded
from catalog_platform.workspace import Workspace
from embedded_aws.servers import supervisor
from support.embedded import Pipe, client, eventually, pipe, start
from support.stack_operations import HANDLE, Stack, as_template, queue, wait

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workspace]:
    found = Workspace(tmp_path_factory.mktemp("workspace"))
    yield found
    launcher.discard(found)


@pytest.fixture
def embedded(workspace: Workspace) -> Embedded:
    return start(workspace)


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def workers(embedded: Embedded) -> list[int]:
    """Return the processes of functions, which are children of the endpoint."""
    return [child.pid for child in psutil.Process(embedded.pids["aws"]).children()]


def put_until_it_arrives(found: Pipe, text: str) -> None:
    """Retry until the record is acknowledged, like any producer."""
    acknowledged = False

    def put() -> bool:
        nonlocal acknowledged
        with contextlib.suppress(BotoCoreError, ClientError):
            found.put(text)
            acknowledged = True
        return acknowledged

    eventually(put)


@pytest.mark.parametrize("part", ["aws", "cache", "postgres", "function"])
def test_a_part_killed_under_load_restarts_without_losing_acknowledged_records(
    workspace: Workspace, embedded: Embedded, tmp_path: Path, part: str
) -> None:
    found = pipe(embedded, tmp_path, f"fed-{part}", BatchSize=5)
    with psycopg.connect(embedded.postgres_url, autocommit=True) as connection:
        connection.execute(f"create table kept_{part} as select 7 as n")
    with redis.Redis.from_url(embedded.cache_url) as cache:
        cache.set(f"kept-{part}", "7")
    put: list[str] = []
    for number in range(60):
        if number == 30:
            if part == "function":
                eventually(lambda: workers(embedded))
                for pid in workers(embedded):
                    kill(pid)
            else:
                kill(embedded.pids[part])
        put.append(f"r{number:02}")
        put_until_it_arrives(found, put[-1])
    # At least once and in order: a batch in flight may be delivered twice.
    eventually(lambda: list(dict.fromkeys(found.taken())) == put)
    eventually(lambda: state.read(workspace) is not None)
    with psycopg.connect(embedded.postgres_url) as connection:
        assert connection.execute(f"select n from kept_{part}").fetchone() == (7,)
    with redis.Redis.from_url(embedded.cache_url) as cache:
        assert cache.get(f"kept-{part}") == b"7"


@pytest.mark.parametrize("part", ["aws", "cache", "postgres"])
def test_an_incident_has_the_last_lines_of_the_log(
    workspace: Workspace, embedded: Embedded, part: str
) -> None:
    kill(embedded.pids[part])
    eventually(lambda: any(i.pid == embedded.pids[part] for i in incidents.read(workspace)))
    (incident,) = [i for i in incidents.read(workspace) if i.pid == embedded.pids[part]]
    assert incident.part == part
    assert incident.outcome.startswith("restarted as pid ")
    assert incident.last_lines
    found = status.read(workspace)
    assert found.running
    assert f"{part} (pid {incident.pid}) ended unexpectedly: restarted" in found.as_text()


def test_parts_run_without_the_supervisor_and_the_next_start_replaces_it(
    workspace: Workspace, embedded: Embedded
) -> None:
    kill(embedded.pids[SUPERVISOR])
    eventually(lambda: not processes.alive(embedded.parts[-1].process))
    assert state.read(workspace) is not None
    assert "supervisor" in status.read(workspace).as_text()
    again = start(workspace)
    assert again.pids[SUPERVISOR] != embedded.pids[SUPERVISOR]
    assert again.pids["aws"] == embedded.pids["aws"]


def test_parts_killed_at_once_are_all_restarted(
    workspace: Workspace, embedded: Embedded, tmp_path: Path
) -> None:
    found = pipe(embedded, tmp_path, "all")
    found.put("before")
    eventually(found.taken)
    killed = {pid for name, pid in embedded.pids.items() if name != SUPERVISOR}
    for pid in killed:
        kill(pid)
    eventually(
        lambda: set(embedded.pids.values()) & {i.pid for i in incidents.read(workspace)} == killed
    )
    eventually(lambda: state.read(workspace) is not None)
    put_until_it_arrives(found, "after")
    eventually(lambda: list(dict.fromkeys(found.taken())) == ["before", "after"])


def test_objects_stacks_and_queues_survive_a_kill(workspace: Workspace, embedded: Embedded) -> None:
    storage, queues = client(embedded, "s3"), client(embedded, "sqs")
    storage.create_bucket(Bucket="versions")
    storage.put_bucket_versioning(Bucket="versions", VersioningConfiguration={"Status": "Enabled"})
    for body in (b"one", b"two"):
        storage.put_object(Bucket="versions", Key="a/b", Body=body)
    url = queues.create_queue(QueueName="dead-letters")["QueueUrl"]
    queues.send_message(QueueUrl=url, MessageBody="kept")
    kill(embedded.pids["aws"])
    eventually(lambda: embedded.pids["aws"] in [i.pid for i in incidents.read(workspace)])
    listed = storage.list_object_versions(Bucket="versions")["Versions"]
    bodies = [
        storage.get_object(Bucket="versions", Key="a/b", VersionId=v["VersionId"])["Body"].read()
        for v in listed
    ]
    assert bodies == [b"two", b"one"]
    (message,) = queues.receive_message(QueueUrl=url)["Messages"]
    assert message["Body"] == "kept"


def test_an_update_that_a_kill_interrupts_can_be_rolled_back(
    workspace: Workspace, embedded: Embedded
) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackStack.html"""
    stack = Stack(embedded, "interrupted")
    stack.create({"Queue": queue(DelaySeconds=1)})
    changed = {"Queue": queue(DelaySeconds=2), "Handle": HANDLE, "Wait": wait(60, "Queue")}
    stack.call("update_stack", **as_template(changed))
    (stored,) = workspace.state.rglob("cloudformation.json")
    eventually(lambda: '"action": "update"' in stored.read_text("utf-8"))
    kill(embedded.pids["aws"])
    eventually(lambda: embedded.pids["aws"] in [i.pid for i in incidents.read(workspace)])
    assert stack.status == "UPDATE_FAILED"
    assert stack.run("rollback_stack") == "UPDATE_ROLLBACK_COMPLETE"
    attributes = client(embedded, "sqs").get_queue_attributes(
        QueueUrl=stack.physical_id("Queue"), AttributeNames=["DelaySeconds"]
    )
    assert attributes["Attributes"]["DelaySeconds"] == "1"
    assert stack.resources == {"Queue": "UPDATE_COMPLETE"}


def test_a_part_that_crashes_repeatedly_stops_all_parts(workspace: Workspace) -> None:
    embedded = start(workspace, fresh=True)
    for _ in range(supervisor.RESTARTS):
        running = state.read(workspace)
        assert running is not None
        kill(running.pids["cache"])
        eventually(functools.partial(replaced, workspace, running.pids["cache"]))
    running = state.read(workspace)
    assert running is not None
    kill(running.pids["cache"])
    eventually(lambda: state.recorded(workspace) is None)
    assert not any(processes.alive(part.process) for part in embedded.parts[:-1])
    eventually(lambda: not processes.alive(embedded.parts[-1].process))
    shown = status.read(workspace).as_text()
    assert "cache has ended 4 times within 60 s" in shown
    assert start(workspace).endpoint_url == embedded.endpoint_url


def test_nothing_is_left_when_the_owner_is_killed(tmp_path: Path) -> None:
    found = Workspace(tmp_path)
    code = (
        "import os, sys, time; from pathlib import Path; from support.embedded import start;"
        "from catalog_platform.workspace import Workspace;"
        "start(Workspace(Path(sys.argv[1])), owner=os.getpid());"
        " print('up', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, tmp_path],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])},
        stdout=subprocess.PIPE,
        text=True,
    ) as owner:
        try:
            assert owner.stdout is not None
            assert owner.stdout.readline() == "up\n"
            running = state.recorded(found)
        finally:
            owner.kill()
    assert running is not None
    folder = postgres_folder(running)
    eventually(lambda: not any(processes.alive(part.process) for part in running.parts))
    assert not found.state.exists()
    assert not folder.exists()


def postgres_folder(embedded: Embedded) -> Path:
    """Return the data folder of the server."""
    return Path(psutil.Process(embedded.pids["postgres"]).cwd())


def replaced(workspace: Workspace, pid: int) -> bool:
    running = state.read(workspace)
    return running is not None and running.pids["cache"] != pid
