from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest

from inventory_processor import kinesis
from support.events import SHARD, kinesis_event, kinesis_record, sequence


def test_records_keep_their_order_place_and_time() -> None:
    first, second = kinesis.read(kinesis_event([b"a", b"b"]))

    assert (first.sequence_number, second.sequence_number) == (sequence(0), sequence(1))
    assert first.shard_id == SHARD
    assert first.arrived_at == datetime(2026, 9, 21, 14, 13, 20, 123000, UTC)
    assert first.payload_base64 == "YQ=="


@pytest.mark.parametrize(
    ("event", "complaint"),
    [
        ({}, "Records"),
        ({"Records": []}, "length >= 1"),
        ([], "object"),
        ({"Records": [{"eventSource": "aws:sqs", "body": "{}"}]}, "kinesis"),
    ],
)
def test_an_event_of_another_source_is_an_error(event: Any, complaint: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=complaint):
        kinesis.read(event)


def test_a_sequence_number_that_is_no_number_is_an_error() -> None:
    record = kinesis_record(b"a")
    record["kinesis"]["sequenceNumber"] = "12; DROP"

    with pytest.raises(msgspec.ValidationError, match="sequenceNumber"):
        kinesis.read({"Records": [record]})
