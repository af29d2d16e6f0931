"""A running embedded AWS in its own workspace, and functions to deploy to it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import time
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import psutil
from botocore.config import Config

from catalog_platform.local import incidents, launcher
from catalog_platform.local.state import Embedded
from catalog_platform.workspace import Toolchain, Workspace
from embedded_aws.servers import launcher as servers
from embedded_aws.servers.layout import Layout
from support.embedded_python import PACKAGES

ACCOUNT = "000000000001"
REGION = "us-east-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/any"
# Shared, because each session parses the models of its services anew: 45 ms for a client.
SESSION = boto3.session.Session()
# Packages of PostgreSQL's client, for functions that write to the database.
POSTGRES_CLIENT = ("psycopg", "psycopg_binary", "psycopg_binary.libs", "typing_extensions.py")


def start(workspace: Workspace, **options: Any) -> Embedded:
    return launcher.start(
        workspace, Toolchain.installed(), account=ACCOUNT, region=REGION, **options
    )


@contextlib.contextmanager
def running(root: Path) -> Iterator[Embedded]:
    """Start in `root`; everything is removed at the end, even if this process is killed."""
    workspace = Workspace(root)
    try:
        yield start(workspace, owner=os.getpid())
    finally:
        # pytest shows this for a failed test, as a possible cause.
        for incident in incidents.read(workspace):
            print(incident.as_text())
        launcher.discard(workspace)


def data_folder(workspace: Workspace) -> Path:
    """Return the folder of PostgreSQL's data, which may be outside of the workspace."""
    return servers.cluster(Layout(workspace.state)).folder


def processes_of(workspace: Workspace) -> list[tuple[int, str]]:
    """Return the pid and command line of everything that works in a workspace's folders.

    They are found without the marker and the records of the embedded AWS.
    """
    folders = [str(workspace.state)]
    if Layout(workspace.state).run_settings.exists():
        folders.append(str(data_folder(workspace)))
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            command = " ".join(process.cmdline())
            variables = " ".join(process.environ().values())
            about = (command, variables, process.cwd())
            if process.pid != os.getpid() and any(f in text for f in folders for text in about):
                found.append((process.pid, command))
    return found


def client(embedded: Embedded, service: str) -> Any:
    return SESSION.client(
        service,
        endpoint_url=embedded.endpoint_url,
        region_name=embedded.region,
        aws_access_key_id=embedded.account,
        aws_secret_access_key="test",
        aws_session_token=embedded.session_token,
        config=Config(connect_timeout=5, read_timeout=30, retries={"total_max_attempts": 1}),
    )


def bundle(code: str, *names: str) -> bytes:
    """Return a zip with `code` as the module `handler`, and packages of the embedded
    environment.
    """
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as found:
        found.writestr("handler.py", code)
        for name in names:
            top = PACKAGES / name
            for path in [top] if top.is_file() else sorted(top.rglob("*")):
                if path.is_file() and "__pycache__" not in path.parts:
                    found.write(path, path.relative_to(PACKAGES))
    return archive.getvalue()


@dataclass(frozen=True)
class Pipe:
    """A stream, a function that records its input in a file, and a mapping between them."""

    embedded: Embedded
    stream: str
    mapping: str
    out: Path
    queue_url: str

    def put(self, *data: str, key: str = "key") -> list[str]:
        """Put records and return their sequence numbers."""
        entries = [{"Data": text.encode(), "PartitionKey": key} for text in data]
        answer = client(self.embedded, "kinesis").put_records(
            StreamName=self.stream, Records=entries
        )
        assert answer["FailedRecordCount"] == 0
        return [entry["SequenceNumber"] for entry in answer["Records"]]

    def batches(self) -> list[dict[str, Any]]:
        """Return the input and the accepted records of each call, in order."""
        if not self.out.exists():
            return []
        return [json.loads(line) for line in self.out.read_text(encoding="utf-8").splitlines()]

    def taken(self) -> list[str]:
        """Return the records that the function has accepted, in order."""
        return [text for call in self.batches() for text in call["taken"]]

    def failure_messages(self) -> list[dict[str, Any]]:
        """Return the messages in the failure destination."""
        queues = client(self.embedded, "sqs")
        answer = queues.receive_message(
            QueueUrl=self.queue_url, MaxNumberOfMessages=10, VisibilityTimeout=0
        )
        return [json.loads(message["Body"]) for message in answer.get("Messages", ())]


# Accepts all records except `poison`, for which it raises or reports an item failure.
RECORDER = """
import base64, json, os

def handle(event, context):
    taken, failures = [], []
    for record in event["Records"]:
        text = base64.b64decode(record["kinesis"]["data"]).decode()
        if text.startswith("poison"):
            if os.environ["MODE"] == "raise":
                write(event, [])
                raise ValueError("poison")
            failures.append({"itemIdentifier": record["kinesis"]["sequenceNumber"]})
            break
        taken.append(text)
    write(event, taken)
    return {"batchItemFailures": failures}

def write(event, taken):
    with open(os.environ["OUT"], "a") as out:
        out.write(json.dumps({"size": len(event["Records"]), "taken": taken}) + "\\n")
"""


def pipe(
    embedded: Embedded,
    folder: Path,
    name: str,
    *,
    mode: str = "partial",
    shards: int = 1,
    **settings: Any,
) -> Pipe:
    """Create stream, function and mapping; `settings` are those of CreateEventSourceMapping."""
    streams, functions = client(embedded, "kinesis"), client(embedded, "lambda")
    queue = client(embedded, "sqs").create_queue(QueueName=f"{name}-failures")["QueueUrl"]
    queue_arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}-failures"
    streams.create_stream(StreamName=name, ShardCount=shards)
    functions.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=ROLE,
        Handler="handler.handle",
        Code={"ZipFile": bundle(RECORDER)},
        Timeout=20,
        Environment={"Variables": {"OUT": str(folder / name), "MODE": mode}},
    )
    types = ["ReportBatchItemFailures"] if mode == "partial" else []
    mapping = functions.create_event_source_mapping(
        **{
            "FunctionName": name,
            "EventSourceArn": f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/{name}",
            "StartingPosition": "LATEST",
            "FunctionResponseTypes": types,
            "DestinationConfig": {"OnFailure": {"Destination": queue_arn}},
            **settings,
        }
    )
    return Pipe(embedded, name, mapping["UUID"], folder / name, queue)


def eventually(condition: Callable[[], Any], seconds: float = 20.0) -> None:
    """Wait until the condition holds, or fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not hold in time"
        time.sleep(0.05)
