from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_platform.verification.aggregates import MAGIC, aggregate, field, varint, with_digest
from inventory_processor import aggregation


@pytest.mark.parametrize(
    ("value", "encoded"), [(0, b"\x00"), (127, b"\x7f"), (128, b"\x80\x01"), (300, b"\xac\x02")]
)
def test_a_number_is_encoded_in_groups_of_seven_bits(value: int, encoded: bytes) -> None:
    """https://protobuf.dev/programming-guides/encoding/#varints"""
    assert varint(value) == encoded


def test_a_field_has_its_number_its_type_and_its_length() -> None:
    """https://protobuf.dev/programming-guides/encoding/#length-types"""
    assert field(2, b"testing") == b"\x12\x07testing"


def test_a_message_is_between_the_magic_number_and_its_digest() -> None:
    made = with_digest(b"body")
    assert made == MAGIC + b"body" + hashlib.md5(b"body").digest()


@given(st.lists(st.binary(max_size=300), min_size=1, max_size=20))
def test_the_processor_reads_back_the_parts_in_their_order(parts: list[bytes]) -> None:
    assert aggregation.unpack(aggregate(parts, "key")) == parts
