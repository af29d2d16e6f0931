"""Memory depends neither on what the two writers leave at most, nor on what others leave."""

from __future__ import annotations

import base64
import gzip
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.dead_letters import ARRIVAL, FakeBucket, malformed
from support.events import SHARD
from support.replay_memory import LARGE

pytestmark = pytest.mark.e2e

MIB = 2**20
# Of the least that `replayer.memory_mb` may be.
LEAST_MEMORY_MIB = 320
MOST_BYTES = LEAST_MEMORY_MIB * MIB * 60 // 100
# What Lambda hands to a function at most, and so what it leaves of a batch.
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
INVOCATION_BYTES = 6 * MIB


def replayed(root: Path) -> dict[str, Any]:
    """What came of the objects below a folder, and the peak of memory."""
    tests = Path(__file__).parents[2]
    path = os.pathsep.join([str(tests), *filter(None, sys.path)])
    ended = subprocess.run(
        [sys.executable, "-m", "support.replay_memory", str(root)],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert ended.returncode == 0, ended.stderr
    found: dict[str, Any] = json.loads(ended.stdout.splitlines()[-1])
    assert found["peak"] < MOST_BYTES
    # Lambda would end it; a portion plans for 15 s.
    assert found["longest"] < 60
    return found


def stored(root: Path, key: str, content: bytes) -> None:
    (root / key).parent.mkdir(parents=True, exist_ok=True)
    (root / key).write_bytes(content)


def bomb(piece: bytes, times: int) -> bytes:
    """Gzip of a piece many times over; a file may have several parts, each is compressed once."""
    return gzip.compress(piece, compresslevel=1) * times


def line(number: int, payload: str = "e30=", key: str = "SKU-1") -> bytes:
    return (
        f'{{"sequence_number":"{number:056}","shard_id":"{SHARD}",'
        f'"arrived_at":"{ARRIVAL.isoformat()}","sub_sequence_number":{number % 50_000},'
        f'"partition_key":"{key}","reason":"not-json","detail":"for people",'
        f'"payload_base64":"{payload}"}}\n'
    ).encode()


def document(payload: str, shard: str = SHARD) -> bytes:
    """What Lambda leaves; whatever its serializer escapes is escaped here."""
    return json.dumps(
        {
            "requestContext": {"condition": "RetryAttemptsExhausted"},
            "KinesisBatchInfo": {
                "shardId": shard,
                "startSequenceNumber": "1",
                "endSequenceNumber": "2",
                "batchSize": 1,
            },
            "payload": payload,
        }
    ).encode()


def record(number: int, data: str, key: str = "SKU-1") -> dict[str, Any]:
    return {
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": key,
            "sequenceNumber": f"{number:056}",
            "data": data,
            "approximateArrivalTimestamp": 1.5,
        },
        "eventSource": "aws:kinesis",
        "eventID": f"{SHARD}:{number:056}",
    }


def test_what_the_writers_leave_at_most_is_replayed(tmp_path: Path) -> None:
    noise = random.Random(7)
    # One record that fills an invocation; and as many records as a batch has.
    one = noise.randbytes(INVOCATION_BYTES * 3 // 4 - 3000)
    many = [noise.randbytes(100) for _ in range(10_000)]
    s3 = FakeBucket()
    malformed(s3, one)
    malformed(s3, *many, start=10)
    for (_, key), content in s3.objects.items():
        stored(tmp_path, key, content)
    short = base64.b64encode(many[0]).decode()
    stored(
        tmp_path,
        "malformed/2026/01/01/s/longest keys.jsonl.gz",
        gzip.compress(b"".join(line(n, short, "\\u0001" * 256) for n in range(10_000))),
    )
    alone = {"Records": [record(1, base64.b64encode(one).decode())]}
    stored(tmp_path, "aws/lambda/1", document(json.dumps(alone)))
    batch = json.dumps({"Records": [record(n, short, "\x01" * 16) for n in range(10_002, 20_002)]})
    stored(tmp_path, "aws/lambda/2", document(batch, "other"))
    # The payload's quotes and escapes are escaped once more, at the worst all of them.
    quoted = json.dumps({"Records": [record(n, "e30=", "é" * 256) for n in range(3000)]})
    assert len(quoted) < INVOCATION_BYTES
    stored(tmp_path, "aws/lambda/3", document(quoted, "third"))

    found = replayed(tmp_path)

    assert (found["replayed"], found["causes"]) == (2 + 3 * 10_000 + 3000, [])


def test_a_replay_log_of_many_records_is_read_within_the_same_memory(tmp_path: Path) -> None:
    count = 60_000
    key = "malformed/2026/01/01/s/1.jsonl.gz"
    stored(tmp_path, key, gzip.compress(b"".join(map(line, range(count))), compresslevel=1))
    for begin in range(0, count - 1000, 500):
        entries = (
            f'{{"identity":"{SHARD}:{n:056}:{n % 50_000}","replayed_as":"{SHARD}:{n:056}"}}'
            for n in range(begin, begin + 500)
        )
        text = gzip.compress("\n".join(entries).encode(), compresslevel=1)
        stored(tmp_path, f"replayed/{key}/{begin}.jsonl.gz", text)

    assert replayed(tmp_path)["replayed"] == 1000


def test_an_aggregate_s_parts_are_replayed_in_portions(tmp_path: Path) -> None:
    count = 120_000
    stored(
        tmp_path,
        "malformed/2026/01/01/s/1.jsonl.gz",
        gzip.compress(b"".join(map(line, range(count))), compresslevel=1),
    )

    found = replayed(tmp_path)

    assert (found["replayed"], found["unreadable"], found["portions"]) == (count, 0, 2)


HOSTILE: dict[str, Callable[[], bytes]] = {
    "zeros": lambda: bomb(bytes(64 * MIB), 16),
    "newlines": lambda: bomb(b"\n" * (32 * MIB), 8),
    "one line of 100 MB": lambda: gzip.compress(b'{"a":"' + b"x" * 100_000_000 + b'"}\n', 1),
    "deep": lambda: bomb(b"[" * MIB + b"\n", 50),
    "tiny lines": lambda: gzip.compress(b"1\n" * 1_000_000),
    "document of objects": lambda: document('{"Records":[' + "{}," * (6 * MIB) + "{}]}"),
    "document of numbers": lambda: document('{"Records":[' + "1," * (9 * MIB) + "1]}"),
    "document of wide characters": lambda: document('"\U0001f600' + "x" * (18 * MIB) + '"'),
    "document of one record": lambda: document(
        json.dumps({"Records": [record(1, "A" * (19 * MIB))]})
    ),
}


def test_objects_that_no_writer_leaves_are_named_and_the_others_are_replayed(
    tmp_path: Path,
) -> None:
    for number, (name, make) in enumerate(HOSTILE.items()):
        content = make()
        for prefix in ("malformed", "aws/lambda"):
            stored(tmp_path, f"{prefix}/{number} {name}", content)
    for prefix in ("malformed", "aws/lambda"):
        stored(tmp_path, f"{prefix}/huge{LARGE}", b"")
    stored(tmp_path, "malformed/bad record", line(1))
    stored(tmp_path, "replayed/malformed/bad record/1.jsonl.gz", bomb(bytes(64 * MIB), 4))
    stored(tmp_path, "malformed/z", line(2))

    found = replayed(tmp_path)

    # The record of 19 MiB is larger than any, and still a record.
    assert found["replayed"] == 2
    assert any("too-large: more than 536870912 bytes" in cause for cause in found["causes"])
    assert any("too-large: more than 1200000 lines" in cause for cause in found["causes"])
    assert any("too-large: line 1 has more than" in cause for cause in found["causes"])
    assert any("too-large: more than 20971520 bytes" in cause for cause in found["causes"])
    assert any("too-large: more than 33554432 bytes" in cause for cause in found["causes"])
    assert any("bad record/1.jsonl.gz is damaged" in cause for cause in found["causes"])
