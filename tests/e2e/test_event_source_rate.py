"""Throughput of a function that writes each batch with one statement."""

from __future__ import annotations

import time
from pathlib import Path

import psycopg
import pytest

from support.embedded import (
    ACCOUNT,
    POSTGRES_CLIENT,
    REGION,
    ROLE,
    bundle,
    client,
    eventually,
    running,
)

pytestmark = [pytest.mark.e2e, pytest.mark.serial]

RECORDS = 10_000
LEAST_PER_SECOND = 1_500
WRITER = """
import base64, os, psycopg

connection = psycopg.connect(os.environ["DATABASE"], autocommit=True)

def handle(event, context):
    rows = [base64.b64decode(r["kinesis"]["data"]).decode() for r in event["Records"]]
    connection.execute("insert into arrived select unnest(%s::text[])", [rows])
    return {"batchItemFailures": []}
"""


def test_1500_records_a_second_arrive(tmp_path: Path) -> None:
    with (
        running(tmp_path) as embedded,
        psycopg.connect(embedded.postgres_url, autocommit=True) as connection,
    ):
        connection.execute("create table arrived (text text)")
        streams, functions = client(embedded, "kinesis"), client(embedded, "lambda")
        streams.create_stream(StreamName="fast", ShardCount=2)
        functions.create_function(
            FunctionName="fast",
            Runtime="python3.13",
            Role=ROLE,
            Handler="handler.handle",
            Timeout=30,
            Code={"ZipFile": bundle(WRITER, *POSTGRES_CLIENT)},
            Environment={"Variables": {"DATABASE": embedded.postgres_url}},
        )
        functions.create_event_source_mapping(
            FunctionName="fast",
            EventSourceArn=f"arn:aws:kinesis:{REGION}:{ACCOUNT}:stream/fast",
            StartingPosition="TRIM_HORIZON",
            BatchSize=500,
            MaximumBatchingWindowInSeconds=1,
        )

        def arrived() -> int:
            (count,) = connection.execute("select count(*) from arrived").fetchone() or (0,)
            return int(count)

        begin = time.monotonic()
        for first in range(0, RECORDS, 500):
            streams.put_records(
                StreamName="fast",
                Records=[
                    {"Data": f"{n:08d}{'x' * 250}".encode(), "PartitionKey": f"sku-{n % 5000}"}
                    for n in range(first, first + 500)
                ],
            )
        eventually(lambda: arrived() == RECORDS, seconds=60)
        rate = RECORDS / (time.monotonic() - begin)
    assert rate >= LEAST_PER_SECOND
