from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_reader.stock import Cached, Freshness, Level, Trust

FRESHNESS = Freshness(stock_seconds=300, unknown_seconds=30)
SOME = (Level("BER", 5, 1, 1),)

levels = st.lists(
    st.builds(
        Level,
        st.from_regex(r"\A[A-Za-z0-9._-]{1,8}\Z"),
        st.integers(0, 10**9),
        st.integers(0, 2**62),
        st.integers(0, 10**60),
    ),
    unique_by=lambda each: each.warehouse,
    max_size=6,
)


@given(levels, st.integers(0, 2**50))
def test_a_hash_that_is_complete_reads_back_as_it_was_written(
    written: list[Level], at: int
) -> None:
    fields = {
        each.warehouse: f"{each.quantity}:{each.occurred_at_us}.{each.sequence_number}"
        for each in written
    }

    assert Cached.read({**fields, "*": str(at)}) == Cached(tuple(sorted(written)), at)
    assert Cached.read(fields).complete_at_ms is None


@given(st.dictionaries(st.text(max_size=3), st.text(max_size=12), max_size=4))
def test_a_hash_of_somebody_else_is_never_believed_and_never_an_error(
    fields: dict[str, str],
) -> None:
    cached = Cached.read(fields)

    assert len(cached.levels) <= len(fields)
    assert cached.complete_at_ms is None or "*" in fields


def test_one_value_that_is_not_ours_spoils_the_whole() -> None:
    assert Cached.read({"BER": "5:1.1", "x": "broken", "*": "1"}).complete_at_ms is None


@pytest.mark.parametrize(
    ("cached", "age_seconds", "expected"),
    [
        (Cached(SOME, None), 0, Trust.NONE),
        (Cached(SOME, 0), 299.9, Trust.FRESH),
        (Cached(SOME, 0), 300, Trust.STALE),
        (Cached((), 0), 29.9, Trust.FRESH),
        (Cached((), 0), 30, Trust.NONE),
    ],
)
def test_a_copy_is_believed_for_its_time(
    cached: Cached, age_seconds: float, expected: Trust
) -> None:
    assert FRESHNESS.trust(cached, int(age_seconds * 1000)) is expected
