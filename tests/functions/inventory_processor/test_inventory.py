from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from inventory_processor.inventory import StockLevel, settle

levels = st.lists(
    st.builds(
        StockLevel,
        sku=st.sampled_from(["a", "b"]),
        warehouse=st.sampled_from(["x", "y"]),
        quantity=st.integers(0, 1000),
        occurred_at_us=st.integers(0, 3),
        sequence_number=st.integers(0, 10**60),
    ),
    # On a stream no two records have the same sequence number.
    unique_by=lambda level: level.sequence_number,
    max_size=12,
)


@given(levels)
def test_settling_the_same_levels_twice_changes_nothing(batch: list[StockLevel]) -> None:
    once = settle(batch)

    assert settle(batch, onto=once) == once


@given(levels, st.randoms(use_true_random=False))
def test_order_does_not_matter(batch: list[StockLevel], chance: random.Random) -> None:
    shuffled = batch.copy()
    chance.shuffle(shuffled)

    assert settle(shuffled) == settle(batch)


@given(levels, st.integers(0, 12))
def test_grouping_into_batches_does_not_matter(batch: list[StockLevel], cut: int) -> None:
    assert settle(batch[cut:], onto=settle(batch[:cut])) == settle(batch)


@given(levels)
def test_the_newest_level_of_each_key_wins(batch: list[StockLevel]) -> None:
    settled = settle(batch)

    assert settled.keys() == {level.key for level in batch}
    for level in batch:
        assert settled[level.key].version >= level.version
    assert set(settled.values()) <= set(batch)


def test_the_sequence_number_decides_between_equal_times_as_a_number() -> None:
    nine = StockLevel("a", "x", 1, occurred_at_us=7, sequence_number=9)
    ten = StockLevel("a", "x", 2, occurred_at_us=7, sequence_number=10)

    assert settle([ten, nine])["a", "x"] is ten


def test_what_is_known_stays_untouched() -> None:
    known = settle([StockLevel("a", "x", 1, 1, 1)])

    settle([StockLevel("a", "x", 2, 2, 2)], onto=known)

    assert known["a", "x"].quantity == 1
