from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from inventory_processor.inventory import Change, reduce_batch
from support.laws import Model, adjustment, change_lists, level, moment


def flat(changes: list[Change]) -> list[Change]:
    decision = reduce_batch(changes)
    return [*decision.levels, *decision.adjustments, *decision.facts]


@given(change_lists())
def test_deciding_loses_nothing_that_counts(changes: list[Change]) -> None:
    whole, small = Model(changes), Model(flat(changes))

    assert small.quantities() == whole.quantities()
    assert small.facts() == whole.facts()


@given(change_lists(), st.randoms(use_true_random=False))
def test_neither_order_nor_repetition_changes_the_reduced_batch(
    changes: list[Change], chance: random.Random
) -> None:
    shuffled = changes + changes[::2]
    chance.shuffle(shuffled)

    assert reduce_batch(shuffled) == reduce_batch(changes)


@given(change_lists(), st.integers(0, 14))
def test_grouping_into_batches_does_not_matter(changes: list[Change], cut: int) -> None:
    assert reduce_batch(flat(changes[:cut]) + flat(changes[cut:])) == reduce_batch(changes)


@given(change_lists())
def test_levels_facts_and_adjustments_are_few_and_in_order(changes: list[Change]) -> None:
    decision = reduce_batch(changes)

    for found in (decision.levels, decision.facts):
        keys = [change[:2] for change in found]
        assert keys == sorted(set(keys))
    identities = [change.identity for change in decision.adjustments]
    assert identities == sorted(set(identities))


def test_the_sequence_number_decides_between_equal_times_as_a_number() -> None:
    nine, ten = level(1, 7, 9), level(2, 7, 10)

    assert reduce_batch([ten, nine]).levels == [ten]


def test_a_repeated_adjustment_keeps_its_least_sequence_number() -> None:
    first, again = adjustment(-1, 1, 5, "sale"), adjustment(-1, 1, 9, "sale")

    assert reduce_batch([again, first]).adjustments == [first]


def test_the_same_id_at_another_time_is_another_adjustment() -> None:
    decision = reduce_batch([adjustment(-1, 1, 5, "sale"), adjustment(-1, 2, 6, "sale")])

    assert [change.occurred_at for change in decision.adjustments] == [moment(1), moment(2)]
