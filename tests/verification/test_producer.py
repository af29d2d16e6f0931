from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest

from catalog_platform.errors import PlatformError
from catalog_platform.verification import producer
from catalog_platform.verification.feed import generate
from catalog_platform.verification.producer import RECORDS_PER_CALL, put
from support.aws import FakeSession


class Kinesis:
    """Accepts records, throttling every `throttles`-th of them once."""

    def __init__(self, throttles: int = 0) -> None:
        self.numbers = count(1)
        self.throttles = throttles
        self.calls: list[int] = []
        self.accepted: list[bytes] = []

    def put_records(self, StreamName: str, Records: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803
        self.calls.append(len(Records))
        return {"Records": [self.put(record) for record in Records]}

    def put(self, record: dict[str, Any]) -> dict[str, str]:
        number = next(self.numbers)
        if self.throttles and number % self.throttles == 0:
            return {"ErrorCode": "ProvisionedThroughputExceededException"}
        self.accepted.append(record["Data"])
        return {"SequenceNumber": str(number), "ShardId": "shardId-0"}


FEED = generate(updates=1200, malformed=12, seed=3, run="r", now=datetime(2026, 11, 1, tzinfo=UTC))


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(producer, "BACKOFF_SECONDS", 0)


def test_every_record_is_put_in_calls_of_the_size_that_kinesis_allows() -> None:
    kinesis = Kinesis()
    sent = put(FakeSession(kinesis=kinesis), "s", FEED, on_progress=lambda _total: None)
    assert kinesis.accepted == [update.data for update in FEED.updates]
    assert max(kinesis.calls) == RECORDS_PER_CALL
    assert (len(sent.valid), len(sent.malformed)) == (1188, 12)


def test_throttled_records_are_put_again_until_all_have_arrived() -> None:
    kinesis = Kinesis(throttles=7)
    totals: list[int] = []
    sent = put(FakeSession(kinesis=kinesis), "s", FEED, on_progress=totals.append)
    assert sorted(kinesis.accepted) == sorted(update.data for update in FEED.updates)
    assert sent.total == totals[-1] == 1200


def test_a_stream_that_keeps_throttling_is_an_error_that_names_the_key() -> None:
    with pytest.raises(PlatformError, match="500 records throttled 8 times") as caught:
        put(FakeSession(kinesis=Kinesis(throttles=1)), "s", FEED, on_progress=lambda _total: None)
    assert "stream.shards" in caught.value.hint
