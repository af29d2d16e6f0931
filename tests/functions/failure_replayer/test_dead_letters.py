from __future__ import annotations

import contextlib
import gzip
import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from failure_replayer import content as contents
from failure_replayer.dead_letters import DeadLetter, DeadLetterError, Flaw, Range
from support.dead_letters import ARRIVAL, BUCKET, FakeBucket, base64_of, failed_batch, malformed
from support.events import SHARD, sequence


def read(key: str, content: bytes) -> tuple[tuple[DeadLetter, ...], tuple[Range, ...]]:
    """Dead letters and ranges of an object; the first flaw is raised."""
    found = [item.found for item in contents.read(key, content)]
    for each in found:
        if isinstance(each, Flaw):
            raise DeadLetterError(each.cause)
    return (
        tuple(each for each in found if isinstance(each, DeadLetter)),
        tuple(each for each in found if isinstance(each, Range)),
    )


payloads = st.lists(st.binary(max_size=300), min_size=1, max_size=8)


@given(payloads)
def test_what_the_processor_refused_comes_back_byte_for_byte(batch: list[bytes]) -> None:
    s3 = FakeBucket()
    key = malformed(s3, *batch)

    dead_letters, ranges = read(key, s3.objects[BUCKET, key])

    assert [dead_letter.data for dead_letter in dead_letters] == batch
    assert [dead_letter.identity for dead_letter in dead_letters] == [
        f"{SHARD}:{sequence(position)}" for position in range(len(batch))
    ]
    assert {dead_letter.partition_key for dead_letter in dead_letters} == {"SKU-1"}
    assert dead_letters[0].arrived_at == ARRIVAL
    assert {dead_letter.reason for dead_letter in dead_letters} == {"unknown-version"}
    assert ranges == ()


@given(payloads)
def test_what_lambda_discarded_comes_back_byte_for_byte_with_its_key(batch: list[bytes]) -> None:
    s3 = FakeBucket()
    key = failed_batch(s3, *batch)

    dead_letters, ranges = read(key, s3.objects[BUCKET, key])

    assert [dead_letter.data for dead_letter in dead_letters] == batch
    assert {dead_letter.partition_key for dead_letter in dead_letters} == {"SKU-1"}
    assert {dead_letter.reason for dead_letter in dead_letters} == {"RetryAttemptsExhausted"}
    assert dead_letters[-1].arrived_at - dead_letters[0].arrived_at == timedelta(
        seconds=len(batch) - 1
    )
    assert ranges == ()


def test_a_discarded_batch_without_its_records_names_the_range() -> None:
    s3 = FakeBucket()
    key = failed_batch(s3, b"1", b"2", b"3", start=5, with_payload=False)

    dead_letters, (span,) = read(key, s3.objects[BUCKET, key])

    assert dead_letters == ()
    assert span == Range(SHARD, sequence(5), sequence(7), "RetryAttemptsExhausted", 3)


def line(**changes: Any) -> dict[str, Any]:
    found = {
        "sequence_number": "7",
        "shard_id": SHARD,
        "arrived_at": ARRIVAL.isoformat(),
        "partition_key": "SKU-1",
        "reason": "not-json",
        "detail": "for people",
        "payload_base64": base64_of(b"{"),
        **changes,
    }
    return {name: value for name, value in found.items() if value is not ...}


def of_line(**changes: Any) -> Any:
    (dead_letter,), _ = read(
        "malformed/x.jsonl.gz", gzip.compress(json.dumps(line(**changes)).encode())
    )
    return dead_letter


def test_the_partition_key_is_the_one_it_was_put_under() -> None:
    assert of_line(partition_key="SKU-9").partition_key == "SKU-9"


@pytest.mark.parametrize("key", [..., "", "x" * 257], ids=["none", "empty", "too long"])
def test_a_dead_letter_without_a_valid_partition_key_is_refused(
    key: object,
) -> None:
    with pytest.raises(DeadLetterError, match="partition_key"):
        of_line(partition_key=key)


def test_records_of_an_aggregate_have_different_identities() -> None:
    assert of_line(sub_sequence_number=3).identity == f"{SHARD}:7:3"


def test_a_lost_payload_is_none() -> None:
    assert of_line(payload_base64="%%%").data is None


@pytest.mark.parametrize(
    "content",
    [
        b"\x1f\x8bnot gzip after all",
        b"not json",
        b"\xff\xfe",
        b"[]",
        b"{}",
        json.dumps(line(sequence_number="secret")).encode(),
        json.dumps(line(arrived_at="yesterday")).encode(),
        json.dumps(line(payload_base64=...)).encode(),
        gzip.compress(b"x" * 100, mtime=0)[:-9],
    ],
)
@pytest.mark.parametrize("key", ["malformed/2026/09/21/x", "aws/lambda/x"])
def test_an_invalid_dead_letter_is_reported_without_its_content(key: str, content: bytes) -> None:
    with pytest.raises(DeadLetterError) as raised:
        read(key, content)

    assert "secret" not in str(raised.value)


@given(st.binary(max_size=200), st.sampled_from(["malformed/x", "aws/lambda/x"]))
def test_no_content_ends_in_another_error(content: bytes, key: str) -> None:
    with contextlib.suppress(DeadLetterError):
        read(key, content)
