from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_reader.article import Article, Cached, Fact, Freshness, Level, Trust, Version

FRESHNESS = Freshness(stock_seconds=300, unknown_seconds=30)
SOME = Article((Level("BER", 5, Version(1)),))
NOTHING = Article()

versions = st.builds(Version, st.integers(0, 2**62), st.integers(0, 10**60))
levels = st.lists(
    st.builds(
        Level, st.from_regex(r"\A[A-Za-z0-9._-]{1,8}\Z"), st.integers(-(10**9), 10**9), versions
    ),
    unique_by=lambda each: each.warehouse,
    max_size=6,
)
facts = st.lists(
    st.builds(
        Fact,
        st.sampled_from(["price", "description", "discontinued"]),
        st.recursive(st.text(), st.lists, max_leaves=3).map(json.dumps),
        versions,
    ),
    unique_by=lambda each: each.name,
    max_size=3,
)


def written(fields: list[Any]) -> dict[str, str]:
    return {name: f"{value}:{version[0]}.{version[1]}" for name, value, version in fields}


@given(levels, facts, st.integers(0, 2**50), st.integers(0, 2**50))
def test_an_article_that_is_complete_reads_back_as_it_was_written(
    stock: list[Level], product: list[Fact], at: int, later: int
) -> None:
    article = Article(tuple(sorted(stock)), tuple(sorted(product)))
    one, other = written(stock), written(product)

    found = Cached.read({**one, "*": str(at)}, {**other, "*": str(later)})
    assert found == Cached(article, min(at, later))
    assert Cached.read(one, {**other, "*": "1"}) == Cached(article, None)
    assert Cached.read({**one, "*": "1"}, other) == Cached(article, None)


junk = st.dictionaries(st.text(max_size=3), st.text(max_size=12), max_size=4)


@given(junk, junk)
def test_hashes_of_somebody_else_are_never_believed_and_never_an_error(
    stock: dict[str, str], product: dict[str, str]
) -> None:
    cached = Cached.read(stock, product)

    assert cached.complete_at_ms is None or ("*" in stock and "*" in product)


@pytest.mark.parametrize(
    ("stock", "product"),
    [
        ({"x": "broken"}, {}),
        ({"x": "many:1.1"}, {}),
        ({}, {"price": "5"}),
        ({}, {"price": "{:1.1"}),
    ],
)
def test_one_value_that_is_not_ours_spoils_the_whole(
    stock: dict[str, str], product: dict[str, str]
) -> None:
    assert (
        Cached.read({"BER": "5:1.1", "*": "1", **stock}, {"*": "1", **product}).complete_at_ms
        is None
    )


@pytest.mark.parametrize(
    ("cached", "age_seconds", "expected"),
    [
        (Cached(SOME, None), 0, Trust.NONE),
        (Cached(SOME, 0), 299.9, Trust.FRESH),
        (Cached(SOME, 0), 300, Trust.STALE),
        (Cached(NOTHING, 0), 29.9, Trust.FRESH),
        (Cached(NOTHING, 0), 30, Trust.NONE),
    ],
)
def test_a_copy_is_believed_for_its_time(
    cached: Cached, age_seconds: float, expected: Trust
) -> None:
    assert FRESHNESS.trust(cached, int(age_seconds * 1000)) is expected
