"""List the contents of a running embedded AWS: stacks, queues, mappings, rows, keys and objects.

Anything that cannot be queried is left out: `status` must work while parts are broken.
"""

from __future__ import annotations

import contextlib
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeVar

from catalog_platform.local.clients import client
from catalog_platform.local.files import Files
from catalog_platform.local.state import Embedded

TIMEOUT_SECONDS = 3
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Stack:
    """A CloudFormation stack with its outputs and the number of resources of each type."""

    name: str
    status: str
    outputs: dict[str, str]
    resources: dict[str, int]


@dataclass(frozen=True, slots=True)
class Queue:
    """An SQS queue with its visible messages and its messages in flight."""

    name: str
    depth: int
    in_flight: int


@dataclass(frozen=True, slots=True)
class Mapping:
    """An event source mapping of a stream.

    `iterator_age_seconds` is the age of the oldest unprocessed record, 0 without one.
    """

    function: str
    stream: str
    state: str
    last_result: str
    iterator_age_seconds: float


@dataclass(frozen=True, slots=True)
class Inventory:
    """All contents; rows are counted per `database.table`."""

    stacks: tuple[Stack, ...] = ()
    queues: tuple[Queue, ...] = ()
    mappings: tuple[Mapping, ...] = ()
    rows: tuple[tuple[str, int], ...] = ()
    keys: int = 0
    objects: tuple[tuple[str, int], ...] = ()


def take_inventory(embedded: Embedded, files: Files) -> Inventory:
    """Query the endpoint, the PostgreSQL servers and the cache."""
    return Inventory(
        stacks=_query_or_default(lambda: _stacks(embedded), ()),
        queues=_query_or_default(lambda: _queues(embedded), ()),
        mappings=_query_or_default(lambda: _mappings(embedded, files), ()),
        rows=_query_or_default(lambda: tuple(_rows(embedded)), ()),
        keys=_query_or_default(lambda: _keys(embedded), 0),
        objects=_query_or_default(lambda: _objects(embedded), ()),
    )


def _query_or_default(query: Callable[[], Result], default: Result) -> Result:
    try:
        return query()
    except Exception:
        # The status of the processes already shows the cause.
        return default


def _stacks(embedded: Embedded) -> tuple[Stack, ...]:
    api = client(embedded, "cloudformation")
    found = sorted(api.describe_stacks()["Stacks"], key=lambda stack: str(stack["StackName"]))
    return tuple(_stack(api, stack) for stack in found)


def _stack(api: Any, stack: dict[str, Any]) -> Stack:
    pages = api.get_paginator("list_stack_resources").paginate(StackName=stack["StackName"])
    counts = Counter(e["ResourceType"] for page in pages for e in page["StackResourceSummaries"])
    outputs = {out["OutputKey"]: out["OutputValue"] for out in stack.get("Outputs", ())}
    return Stack(stack["StackName"], stack["StackStatus"], outputs, dict(sorted(counts.items())))


def _queues(embedded: Embedded) -> tuple[Queue, ...]:
    api = client(embedded, "sqs")
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]

    def queue(url: str) -> Queue:
        found = api.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        return Queue(url.rpartition("/")[2], *(int(found[name]) for name in names))

    return tuple(queue(url) for url in sorted(api.list_queues().get("QueueUrls", ())))


def _mappings(embedded: Embedded, files: Files) -> tuple[Mapping, ...]:
    api = client(embedded, "lambda")
    with contextlib.suppress(OSError, ValueError):
        checkpoints = json.loads(files.checkpoints.read_text(encoding="utf-8"))
        found = api.list_event_source_mappings()["EventSourceMappings"]
        return tuple(
            Mapping(
                function=entry["FunctionArn"].rpartition(":")[2],
                stream=entry["EventSourceArn"].rpartition("/")[2],
                state=entry["State"],
                last_result=entry.get("LastProcessingResult", ""),
                iterator_age_seconds=_age(
                    client(embedded, "kinesis"),
                    entry["EventSourceArn"].rpartition("/")[2],
                    checkpoints.get(entry["UUID"], {}).get("shards", {}),
                ),
            )
            for entry in found
            if ":kinesis:" in entry["EventSourceArn"]
        )
    return ()


def _age(api: Any, stream: str, positions: dict[str, list[int]]) -> float:
    """Return the age of the oldest record after the checkpoint of any shard."""
    oldest = now = time.time()
    for shard, lanes in positions.items():
        done = min(lanes)
        start = {"ShardIteratorType": "TRIM_HORIZON"}
        if done:
            number = f"{done:030d}"
            start = {"ShardIteratorType": "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber": number}
        iterator = api.get_shard_iterator(StreamName=stream, ShardId=shard, **start)
        answer = api.get_records(ShardIterator=iterator["ShardIterator"], Limit=1)
        for record in answer["Records"]:
            oldest = min(oldest, record["ApproximateArrivalTimestamp"].timestamp())
    return round(now - oldest, 1)


def _rows(embedded: Embedded) -> Iterator[tuple[str, int]]:
    import psycopg
    from psycopg import sql

    tables = (
        "select table_schema, table_name from information_schema.tables"
        " where table_type = 'BASE TABLE'"
        " and table_schema not in ('pg_catalog', 'information_schema') order by 1, 2"
    )
    databases = (
        "select datname from pg_database where not datistemplate and datname <> 'postgres'"
        " order by 1"
    )
    additional_servers = [part.url for part in embedded.parts if part.url]
    for server in (embedded.postgres_url, *additional_servers):
        with psycopg.connect(server, connect_timeout=TIMEOUT_SECONDS) as administrator:
            names = [name for (name,) in administrator.execute(databases)]
        for name in names:
            address = server.rpartition("/")[0] + f"/{name}"
            with psycopg.connect(address, connect_timeout=TIMEOUT_SECONDS) as database:
                for schema, table in database.execute(tables).fetchall():
                    count = sql.SQL("select count(*) from {}").format(sql.Identifier(schema, table))
                    (rows,) = database.execute(count).fetchone() or (0,)
                    yield f"{name}.{table}", rows


def _keys(embedded: Embedded) -> int:
    import redis

    with redis.Redis.from_url(embedded.cache_url, socket_timeout=TIMEOUT_SECONDS) as cache:
        return int(cache.dbsize())


def _objects(embedded: Embedded) -> tuple[tuple[str, int], ...]:
    api = client(embedded, "s3")

    def count(bucket: str) -> int:
        pages = api.get_paginator("list_objects_v2").paginate(Bucket=bucket)
        return sum(int(page["KeyCount"]) for page in pages)

    return tuple((b["Name"], count(b["Name"])) for b in api.list_buckets()["Buckets"])
