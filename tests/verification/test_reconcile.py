from __future__ import annotations

import gzip
import io
import itertools
import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from catalog_platform.aws.stack_outputs import Outputs
from catalog_platform.verification import reconcile as module
from catalog_platform.verification.feed import Feed, generate
from catalog_platform.verification.producer import Sent
from catalog_platform.verification.reconcile import Reconciliation, reconcile
from support.aws import FakeSession

OUTPUTS = Outputs(
    stream_name="s",
    database_endpoint="127.0.0.1",
    database_port=1,
    database_name="catalog",
    database_secret_arn="arn",
    cache_endpoint="127.0.0.1",
    cache_port=2,
    archive_bucket_name="archive",
    dead_letter_bucket_name="letters",
)
FEED: Feed = generate(
    updates=40, malformed=2, seed=1, run="r", now=datetime(2026, 1, 1, tzinfo=UTC)
)
SENT = Sent(valid={str(number) for number in range(38)}, malformed={"100", "101"})


DAY = datetime.now(UTC)


def stored(prefix: str, name: str = "1", *, days: int = 0) -> str:
    """Return the key of a batch that arrived some days ago."""
    return f"{prefix}/{DAY - timedelta(days=days):%Y/%m/%d}/shardId-0/{name}.jsonl.gz"


class S3:
    """Two buckets full of objects, written just now except those of `written`."""

    def __init__(
        self,
        objects: dict[tuple[str, str], bytes],
        written: dict[tuple[str, str], datetime] | None = None,
    ) -> None:
        self.objects = objects
        self.written = written or {}
        self.read: list[str] = []

    def get_paginator(self, _operation: str) -> S3:
        return self

    def paginate(
        self,
        Bucket: str,  # noqa: N803
        Prefix: str,  # noqa: N803
        StartAfter: str = "",  # noqa: N803
    ) -> Iterator[dict[str, Any]]:
        yield {
            "Contents": [
                {"Key": key, "LastModified": self.written.get((bucket, key), datetime.now(UTC))}
                for bucket, key in self.objects
                if bucket == Bucket and key.startswith(Prefix) and key > StartAfter
            ]
        }
        yield {}

    def get_object(self, Bucket: str, Key: str) -> dict[str, io.BytesIO]:  # noqa: N803
        self.read.append(Key)
        return {"Body": io.BytesIO(self.objects[Bucket, Key])}


class Levels:
    """A fake database and cache with fixed levels."""

    def __init__(self, levels: dict[tuple[str, str], int]) -> None:
        self.held = levels

    def levels(self, _asked: object) -> dict[tuple[str, str], int]:
        return self.held

    def facts(self, _asked: object) -> dict[tuple[str, str], object]:
        return FEED.facts

    def close(self) -> None:
        pass


def lines(numbers: set[str]) -> bytes:
    return gzip.compress(b"\n".join(json.dumps({"sequence_number": n}).encode() for n in numbers))


def reconciled(
    monkeypatch: pytest.MonkeyPatch,
    *,
    database: dict[tuple[str, str], int] | None = None,
    archived: set[str] = SENT.valid,
    malformed: set[str] = SENT.malformed,
    failed: set[str] = frozenset(),  # type: ignore[assignment]
) -> Reconciliation:
    levels = FEED.levels if database is None else database
    monkeypatch.setattr(module, "DatabaseClient", lambda *_arguments: Levels(levels))
    monkeypatch.setattr(module, "CacheClient", lambda *_arguments: Levels(FEED.levels))
    batch = {"Records": [{"kinesis": {"sequenceNumber": number}} for number in failed]}
    discarded = {
        "requestContext": {"condition": "RetryAttemptsExhausted"},
        "payload": json.dumps(batch),
    }
    s3 = S3(
        {
            ("archive", stored("inventory")): lines(archived),
            ("letters", stored("malformed")): lines(malformed),
            ("letters", "aws/lambda/m/1"): json.dumps(discarded).encode(),
        }
    )
    return reconcile(
        FakeSession(s3=s3),
        OUTPUTS,
        FEED,
        SENT,
        prefix="VERIFY-r",
        started=0.0,
        stall_seconds=0.0,
        on_progress=lambda _count: None,
        poll_seconds=0,
    )


def difference_of(made: Reconciliation, place: str) -> int:
    return next(row.difference for row in made.rows if row.place == place)


def test_nothing_missing_or_unexpected_is_a_difference_of_zero(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = reconciled(monkeypatch)
    assert made.difference == 0
    assert made.sent == 40


def test_a_lost_archive_record_is_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    made = reconciled(monkeypatch, archived=SENT.valid - {"7"})
    assert difference_of(made, "S3 archive") == made.difference == 1


def test_a_malformed_record_in_the_archive_is_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    made = reconciled(monkeypatch, archived=SENT.valid | {"100"})
    assert difference_of(made, "S3 archive") == made.difference == 1


def test_a_wrong_quantity_in_the_database_is_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    key = next(iter(FEED.levels))
    made = reconciled(monkeypatch, database={**FEED.levels, key: FEED.levels[key] + 1})
    assert difference_of(made, "PostgreSQL") == made.difference == 1


def test_stock_that_was_not_sent_is_a_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    made = reconciled(monkeypatch, database={**FEED.levels, ("VERIFY-r-x", "berlin"): 1})
    assert difference_of(made, "PostgreSQL") == made.difference == 1


def test_a_valid_record_that_was_discarded_is_a_difference_among_the_dead_letters(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = reconciled(monkeypatch, archived=SENT.valid - {"7"}, failed={"7"})
    assert difference_of(made, "dead letters") == 1
    assert difference_of(made, "S3 archive") == 1
    assert made.rows[-1].reasons == ("batch discarded: RetryAttemptsExhausted",)


def test_only_objects_that_were_written_since_the_start_are_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Older ones may be millions, in a storage class from which they can't be read."""
    for name in ("DatabaseClient", "CacheClient"):
        monkeypatch.setattr(module, name, lambda *_arguments: Levels(FEED.levels))
    waited = ("archive", stored("inventory", "waited", days=1))
    new = {
        # Its first event arrived before midnight.
        waited: lines({"1"}),
        ("archive", stored("inventory")): lines(SENT.valid - {"1"}),
        ("letters", stored("malformed")): lines(SENT.malformed),
    }
    old = {
        ("archive", stored("inventory", "earlier")): b"archived today",
        ("archive", stored("inventory", days=2)): b"in Glacier",
        ("letters", stored("malformed", days=400)): b"in Glacier",
        ("letters", "aws/lambda/m/shardId-0/2020/01/01/1"): b"discarded years ago",
    }
    s3 = S3({**new, **old}, written=dict.fromkeys(old, DAY - timedelta(hours=1)))
    made = reconcile(
        FakeSession(s3=s3),
        OUTPUTS,
        FEED,
        SENT,
        prefix="VERIFY-r",
        started=time.monotonic(),
        stall_seconds=0.0,
        on_progress=lambda _count: None,
        poll_seconds=0,
    )
    assert made.difference == 0
    assert sorted(s3.read) == sorted(key for _, key in new)


def test_records_of_earlier_feeds_are_ignored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert reconciled(monkeypatch, archived=SENT.valid | {"999999"}).difference == 0


class Empty(Levels):
    def facts(self, _asked: object) -> dict[tuple[str, str], object]:
        return {}


def polls(monkeypatch: pytest.MonkeyPatch, archived: set[str]) -> int:
    """Return how often the stores are read when no update reaches the database or the cache."""
    clock, counts = itertools.count(), list[int]()
    monkeypatch.setattr("time.monotonic", lambda: float(next(clock)))
    for name in ("DatabaseClient", "CacheClient"):
        monkeypatch.setattr(module, name, lambda *_arguments: Empty({}))
    objects = {("archive", stored("inventory")): lines(archived)}
    reconcile(
        FakeSession(s3=S3(objects)),
        OUTPUTS,
        FEED,
        SENT,
        prefix="VERIFY-r",
        started=0.0,
        stall_seconds=10.0,
        on_progress=counts.append,
        poll_seconds=0,
    )
    return len(counts)


def test_the_first_update_may_take_longer_than_later_pauses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert polls(monkeypatch, {"7"}) == 12
    assert polls(monkeypatch, set()) == 32
