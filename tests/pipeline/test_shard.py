"""Shards: every environment is in exactly one, and the same in every job."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_platform.pipeline.shard import MAXIMUM, Shard, parse, shards

NAMES = st.lists(st.text("abc-", min_size=1, max_size=4), unique=True, max_size=40)


@given(names=NAMES, count=st.integers(1, MAXIMUM), data=st.data())
def test_every_environment_is_in_exactly_one_shard_whatever_the_order_of_the_names(
    names: list[str], count: int, data: st.DataObject
) -> None:
    parts = [Shard(number, count).part(names) for number in range(1, count + 1)]
    assert sorted(name for part in parts for name in part) == sorted(names)
    sizes = [len(part) for part in parts]
    assert max(sizes) - min(sizes) <= 1
    shuffled = data.draw(st.permutations(names))
    for number, part in enumerate(parts, start=1):
        assert {*Shard(number, count).part(shuffled)} == {*part}
        assert [*part] == [name for name in names if name in part]


def test_similar_names_are_in_different_shards() -> None:
    names = [f"shop-{number}" for number in range(4)]
    assert Shard(1, 2).part(names) == ("shop-0", "shop-2")
    assert Shard(2, 2).part(names) == ("shop-1", "shop-3")


@given(number=st.integers(1, MAXIMUM), more=st.integers(0, MAXIMUM - 1))
def test_what_is_printed_is_what_is_parsed(number: int, more: int) -> None:
    shard = Shard(number, min(number + more, MAXIMUM))
    assert parse(str(shard)) == shard


@pytest.mark.parametrize(
    "text",
    ["", "1", "0/3", "4/3", "a/b", "1/0", "0/0", "-1/3", "1/3/3", " 1/3", "1/3\n", "1/257",
     "257/257", "9" * 5000 + "/" + "9" * 5000, "\u0661/\u0663", "01/3", "1.0/3", "1/"],
)  # fmt: skip
def test_other_texts_are_refused_with_the_valid_form(text: str) -> None:
    with pytest.raises(
        ValueError, match="is not NUMBER/COUNT such as 2/3, with 1 ≤ NUMBER ≤ COUNT ≤ 256"
    ) as error:
        parse(text)
    assert len(str(error.value)) < 120


@pytest.mark.parametrize(
    ("environments", "count"),
    [(0, 0), (1, 0), (10, 0), (11, 2), (20, 2), (21, 3), (2560, 256), (100_000, 256)],
)
def test_there_are_as_many_shards_as_needed_and_none_if_one_job_is_enough(
    environments: int, count: int
) -> None:
    made = shards(environments, 10)
    assert made == tuple(Shard(number, count) for number in range(1, count + 1))
