"""Dead letters are rejected or discarded, repaired, replayed and reconciled; and read again."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from redis import Redis

from catalog_platform.aws import stack_outputs
from catalog_platform.aws.session import Session
from catalog_platform.aws.stack_outputs import Outputs
from catalog_platform.local import launcher, state
from catalog_platform.verification.stores import CacheClient, DatabaseClient, EventBucket
from catalog_platform.workspace import Workspace
from support import bundles
from support.embedded import eventually
from support.handmade_dead_letters import a_line, an_event, named_only
from support.limits import COMMAND_SECONDS
from support.processors import FIXED, FLAWED, Processor

pytestmark = pytest.mark.e2e

CATALOGCTL = Path(sys.prefix) / "bin" / "catalogctl"
# Other processes of a test run may be writing it.
BYTECODE = shutil.ignore_patterns("__pycache__")
PARTS = ("functions", "policies")
REJECTED, FATAL, VALID = 40, 3, 20


class World:
    """A clone of the repository, deployed to the embedded AWS."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace

    def catalogctl(self, *arguments: str, code: int = 0) -> str:
        ended = subprocess.run(
            [CATALOGCTL, "-C", self.workspace.root, *arguments],
            capture_output=True,
            text=True,
            timeout=COMMAND_SECONDS,
            check=False,
        )
        assert ended.returncode == code, ended.stdout + ended.stderr
        return ended.stdout

    def replay(self, *arguments: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(
            self.catalogctl("replay", "local", "--format", "json", *arguments)
        )
        return found

    @property
    def session(self) -> Session:
        running = state.read(self.workspace)
        assert running is not None
        return Session(running.region, running.aws_environment())

    @property
    def outputs(self) -> Outputs:
        return stack_outputs.read(self.session, "local")

    def put(self, prefix: str, count: int, version: int) -> None:
        now = datetime.now(UTC).isoformat()
        events = [
            {
                "version": version,
                "type": "stock_level",
                "event_id": f"{prefix}{number}",
                "sku": f"{prefix}{number}",
                "warehouse": "BER",
                "quantity": number + 1,
                "occurred_at": now,
            }
            for number in range(count)
        ]
        answer = self.session.client("kinesis").put_records(
            StreamName=self.outputs.stream_name,
            Records=[
                {"Data": json.dumps(event).encode(), "PartitionKey": event["sku"]}
                for event in events
            ],
        )
        assert answer["FailedRecordCount"] == 0

    def levels(self, prefix: str) -> dict[str, int]:
        with closing(DatabaseClient(self.session, self.outputs)) as database:
            return {sku: quantity for (sku, _), quantity in database.levels(prefix).items()}

    def cached(self, *prefixes_and_counts: tuple[str, int]) -> dict[str, int]:
        keys = [
            (f"{prefix}{number}", "BER")
            for prefix, count in prefixes_and_counts
            for number in range(count)
        ]
        with closing(CacheClient(self.session, self.outputs)) as cache:
            return {sku: quantity for (sku, _), quantity in cache.levels(keys).items()}

    def archived(self) -> int:
        return len(EventBucket.archive(self.session, self.outputs).refresh())

    def dead_letters(self) -> int:
        return len(EventBucket.dead_letters(self.session, self.outputs).refresh())

    def read(self, path: str, *, signed: bool = True) -> tuple[int, Any]:
        """Send a request to the reader's URL on the embedded AWS."""
        running = state.read(self.workspace)
        assert running is not None
        function = self.outputs.reader_function_name
        config = self.session.client("lambda").get_function_url_config(FunctionName=function)
        host = config["FunctionUrl"].removeprefix("https://").partition(".")[0]
        url = f"{running.endpoint_url}/_aws/lambda-url/{host}{path}"
        request = AWSRequest("GET", url)
        if signed:
            credentials = Credentials(running.account, "test", running.session_token)
            SigV4Auth(credentials, "lambda", running.region).add_auth(request)
        try:
            with urllib.request.urlopen(
                urllib.request.Request(url, headers=dict(request.headers)), timeout=30
            ) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.load(error)


@pytest.fixture(scope="module")
def world(
    repository: Workspace, examples: Workspace, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    root = tmp_path_factory.mktemp("clone")
    shutil.copytree(examples.environments, root / "environments")
    for part in PARTS:
        shutil.copytree(repository.root / part, root / part, ignore=BYTECODE)
    bundles.share(root)
    workspace = Workspace(root)
    try:
        yield World(workspace)
    finally:
        launcher.discard(workspace)


def quantities(prefix: str, count: int) -> dict[str, int]:
    return {f"{prefix}{number}": number + 1 for number in range(count)}


def test_rejected_and_failed_records_are_applied_once_after_the_repair(
    world: World,
) -> None:
    processor = Processor(world.workspace)
    processor.become(FLAWED)
    world.catalogctl("local", "up")
    world.put("V2-", REJECTED, version=2)
    world.put("OK-", VALID, version=1)
    eventually(lambda: world.dead_letters() == REJECTED and world.archived() == VALID, seconds=120)
    # In separate batches: each failed call is retried and starts a new process.
    world.put("FATAL-", FATAL, version=1)
    eventually(lambda: world.dead_letters() == REJECTED + FATAL, seconds=120)
    plan = world.replay("--dry-run")
    assert {reason: tally["selected"] for reason, tally in plan["reasons"].items()} == {
        "unknown-version": REJECTED,
        "RetryAttemptsExhausted": FATAL,
    }
    assert world.levels("V2-") == world.levels("FATAL-") == {}
    assert world.replay("--dry-run", "--until", "1h")["selected"] == 0

    processor.become(FIXED)
    world.catalogctl("local", "up")
    first = world.replay("--reason", "unknown-version")
    assert (first["replayed"], first["selected"]) == (REJECTED, REJECTED)
    second = world.replay()
    assert (second["replayed"], second["already"]) == (FATAL, REJECTED)
    expected = {**quantities("V2-", REJECTED), **quantities("FATAL-", FATAL)}
    eventually(lambda: world.levels("V2-") | world.levels("FATAL-") == expected, seconds=60)
    third = world.replay()
    assert (third["replayed"], third["already"]) == (0, REJECTED + FATAL)

    everything = expected | quantities("OK-", VALID)
    eventually(lambda: world.archived() == len(everything), seconds=30)
    assert world.cached(("V2-", REJECTED), ("FATAL-", FATAL), ("OK-", VALID)) == everything
    assert world.replay("--dry-run")["selected"] == REJECTED + FATAL


def test_the_table_lists_all_replays(world: World) -> None:
    printed = world.catalogctl("replay", "local")
    assert "replayed 0 ·" in printed
    assert "unknown-version" in printed


def test_the_reader_serves_only_signed_requests(world: World) -> None:
    assert world.read("/stock/V2-7", signed=False)[0] == 403
    status, article = world.read("/stock/V2-7")
    assert (status, article["quantity"]) == (200, 8)
    assert world.read("/stock/ghost")[0] == 404
    status, page = world.read("/warehouses/BER?limit=5")
    assert (status, len(page["levels"])) == (200, 5)


def test_an_empty_cache_is_warmed(world: World) -> None:
    running = state.read(world.workspace)
    assert running is not None
    with Redis.from_url(running.cache_url) as cache:
        cache.flushall()
    printed = world.catalogctl("warm", "local")
    count = REJECTED + FATAL + VALID
    assert printed == f"{count} articles; values that were not in the cache: {count}\n"
    expected = {**quantities("V2-", REJECTED), **quantities("OK-", VALID)}
    assert world.cached(("V2-", REJECTED), ("OK-", VALID)) == expected


def test_replaying_a_range_of_the_stream_is_idempotent(world: World) -> None:
    before = world.levels("OK-")
    session, outputs = world.session, world.outputs
    kinesis = session.client("kinesis")
    shard = kinesis.list_shards(StreamName=outputs.stream_name)["Shards"][0]
    iterator = kinesis.get_shard_iterator(
        StreamName=outputs.stream_name,
        ShardId=shard["ShardId"],
        ShardIteratorType="TRIM_HORIZON",
    )["ShardIterator"]
    records = kinesis.get_records(ShardIterator=iterator)["Records"][:5]
    span = f"{shard['ShardId']}:{records[0]['SequenceNumber']}-{records[-1]['SequenceNumber']}"

    archived = world.archived()
    assert world.replay("--range", span)["replayed"] == 5
    assert world.replay("--range", span)["replayed"] == 0
    eventually(lambda: world.archived() == archived + 5, seconds=30)
    assert world.levels("OK-") == before


def test_invalid_dead_letters_are_reported_and_skipped(world: World) -> None:
    session, outputs = world.session, world.outputs
    s3 = session.client("s3")
    shard = session.client("kinesis").list_shards(StreamName=outputs.stream_name)["Shards"][0]
    larger_than_a_record = b"x" * (2 * 2**20)
    objects = {
        "aws/lambda/0-gone": named_only("shardId-000000000099"),
        "aws/lambda/0-other-stream": named_only(shard["ShardId"]),
        "malformed/0-bomb": gzip.compress(bytes(2**26), compresslevel=1) * 10,
        "malformed/0-mixed": b"{}\n".join(
            [
                a_line(1, an_event("LATE-0")),
                a_line(2, larger_than_a_record) + a_line(3, an_event("LATE-1")),
            ]
        ),
        "malformed/0-no-replay-log": a_line(4, an_event("LATE-2")),
        "replayed/malformed/0-no-replay-log/x.jsonl.gz": b"damaged",
    }
    for key, content in objects.items():
        s3.put_object(Bucket=outputs.dead_letter_bucket_name, Key=key, Body=content)

    found = json.loads(world.catalogctl("replay", "local", "--format", "json", code=1))

    causes = {each["key"]: each["cause"] for each in found["causes"]}
    assert (found["replayed"], found["refused"], found["failure"]) == (2, 1, None)
    assert causes.keys() == {key for key in objects if not key.startswith("replayed/")}
    # Kinesis refuses a sequence number that is not of the shard.
    assert "InvalidArgumentException" in causes["aws/lambda/0-other-stream"]
    assert found["missing"] == 6
    assert causes["malformed/0-bomb"].startswith("too-large")
    assert "is damaged" in causes["malformed/0-no-replay-log"]
    eventually(lambda: world.levels("LATE-") == {"LATE-0": 1, "LATE-1": 1}, seconds=30)
    printed = world.catalogctl("replay", "local", code=1)
    assert "malformed/0-bomb: too-large: more than" in printed
