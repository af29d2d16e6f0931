from __future__ import annotations

import base64
import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_platform.verification.aggregates import aggregate, field, varint, with_digest
from inventory_processor import aggregation
from inventory_processor.aggregation import AggregateError, TooManyRecordsError, unpack

# Made by aws-kinesis-agg 1.2.3: three records, the second without an explicit hash key.
BY_AWS = (
    "84mawgoFU0tVLTEKBVNLVS0yEgMxMjMaFAgAEAAaDnsidmVyc2lvbiI6IDF9Gs0BCAEayAF4" + "eHh4" * 66
    + "eBoECAAaAIlQdd7Rb0gkdY2OFJAKgGM="
)  # fmt: skip


def test_what_aws_s_own_package_has_packed_is_unpacked() -> None:
    assert unpack(base64.b64decode(BY_AWS)) == [b'{"version": 1}', b"x" * 200, b""]


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=30))
def test_what_was_packed_comes_out_in_order(parts: list[bytes]) -> None:
    packed = aggregate(parts, "SKU-1")

    assert unpack(packed) == parts
    assert base64.b64encode(packed).decode().startswith(aggregation.MAGIC_BASE64)


@pytest.mark.parametrize(
    ("payload", "complaint"),
    [
        (aggregation.MAGIC, "digest"),
        (aggregation.MAGIC + b"x" * 16, "digest"),
        (aggregate([b"a"], "SKU-1")[:-1], "digest"),
        (with_digest(b""), "no user records"),
        (with_digest(b"\x1a\x02\x08\x00"), "has no data"),
        (with_digest(b"\x1a\x7f\x08"), "in the middle of a field"),
        (with_digest(b"\x1a"), "in the middle of a number"),
        (with_digest(b"\xff" * 11), "in the middle of a number"),
        (with_digest(b"\x1b\x00"), "kind 3"),
        (aggregate([b""] * (aggregation.MOST_USER_RECORDS + 1), "SKU-1"), "more than"),
    ],
)
def test_what_is_no_aggregate_is_refused(payload: bytes, complaint: str) -> None:
    with pytest.raises(AggregateError, match=complaint):
        unpack(payload)


@pytest.mark.parametrize(
    "payload",
    [
        aggregate([b""] * (aggregation.MOST_USER_RECORDS + 1), "SKU-1"),
        with_digest(field(9, b"") * 300_000 + field(3, field(3, b"{}"))),
        with_digest(field(3, field(4, b"") * 300_000 + field(3, b"{}"))),
    ],
    ids=["records", "fields", "fields of a record"],
)
def test_an_aggregate_that_takes_too_long_to_unpack_differs_from_a_broken_one(
    payload: bytes,
) -> None:
    began = time.process_time()

    with pytest.raises(TooManyRecordsError, match="more than"):
        unpack(payload)

    assert time.process_time() - began < 1


def test_unknown_fields_are_ignored() -> None:
    unknown = varint(9 << 3 | 0) + varint(2**63) + varint(10 << 3 | 1) + b"8" * 8
    unknown += varint(11 << 3 | 5) + b"4" * 4

    assert unpack(with_digest(unknown + b"\x1a\x05\x1a\x03abc")) == [b"abc"]


@given(st.binary(max_size=60))
def test_no_content_whatever_raises_anything_else(body: bytes) -> None:
    with contextlib.suppress(AggregateError):
        assert all(isinstance(part, bytes) for part in unpack(with_digest(body)))
