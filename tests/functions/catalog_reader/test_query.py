from __future__ import annotations

from typing import Any

import pytest

from catalog_reader.article import Article, Fact, Level, Version
from catalog_reader.ports import Page
from catalog_reader.query import (
    OfSkus,
    OfWarehouse,
    QueryError,
    Warm,
    of_articles,
    of_invocation,
    of_page,
    of_request,
)


def request(path: str, query: str = "", method: str = "GET") -> dict[str, Any]:
    return {
        "rawPath": path,
        "rawQueryString": query,
        "requestContext": {"http": {"method": method}},
    }


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (request("/stock/SKU-1"), OfSkus(("SKU-1",))),
        (request("/stock", "sku=a&sku=b"), OfSkus(("a", "b"))),
        (request("/warehouses/BER"), OfWarehouse("BER")),
        (request("/warehouses/BER", "after=SKU-1&limit=5"), OfWarehouse("BER", "SKU-1", 5)),
    ],
)
def test_paths_are_questions(event: dict[str, Any], expected: object) -> None:
    assert of_request(event) == expected


@pytest.mark.parametrize(
    ("event", "status", "complaint"),
    [
        (request("/"), 404, "there are /stock"),
        (request("/stock/a/b"), 404, "there are /stock"),
        (request("/stock/SKU-1", method="DELETE"), 405, "DELETE is not allowed"),
        (request("/stock"), 400, "length >= 1"),
        (request("/stock", "&".join(["sku=a"] * 101)), 400, "length <= 100"),
        (request("/stock/%2e%2e%2fetc"), 400, "matching regex"),
        (request("/stock/" + "a" * 65), 400, "length <= 64"),
        (request("/stock/a", "limit=1"), 400, "unknown field `limit`"),
        (request("/warehouses/BER", "limit=0"), 400, ">= 1"),
        (request("/warehouses/BER", "limit=many"), 400, "int"),
        (request("/warehouses/BER", "limit=1001"), 400, "<= 1000"),
    ],
)
def test_what_cannot_be_asked_is_explained(
    event: dict[str, Any], status: int, complaint: str
) -> None:
    with pytest.raises(QueryError, match=complaint) as raised:
        of_request(event)

    assert raised.value.status == status


def test_invocations_ask_in_json() -> None:
    assert of_invocation({"skus": ["a"]}) == OfSkus(("a",))
    assert of_invocation({"warehouse": "BER", "limit": 7}) == OfWarehouse("BER", "", 7)
    assert of_invocation({"warm": ""}) == Warm("")


@pytest.mark.parametrize("event", [None, [], {}, {"skus": ["a"], "warm": ""}, {"skus": "a"}])
def test_an_invocation_that_asks_nothing_or_two_things_is_refused(event: object) -> None:
    with pytest.raises(QueryError):
        of_invocation(event)


def test_answers_add_up_and_set_the_unknown_apart() -> None:
    levels = (Level("BER", 5, Version(1_500_000)), Level("LYS", -7, Version(0)))
    facts = (
        Fact("description", '{"name": "Bolt", "attributes": {"m": 8}}', Version(1)),
        Fact("discontinued", "true", Version(1)),
        Fact("price", '{"amount": 250, "currency": "EUR"}', Version(1)),
    )

    assert of_articles(
        {"a": Article(levels, facts), "b": Article((), facts[1:2]), "c": Article()}
    ) == {
        "articles": [
            {
                "sku": "a",
                "name": "Bolt",
                "attributes": {"m": 8},
                "price": {"amount": 250, "currency": "EUR"},
                "discontinued": True,
                "quantity": -2,
                "levels": [
                    {
                        "warehouse": "BER",
                        "quantity": 5,
                        "changed_at": "1970-01-01T00:00:01.500000Z",
                    },
                    {"warehouse": "LYS", "quantity": -7, "changed_at": "1970-01-01T00:00:00Z"},
                ],
            },
            {"sku": "b", "discontinued": True, "quantity": 0, "levels": []},
        ],
        "unknown": ["c"],
    }
    assert of_page(Page((("a", levels[1]),), "a")) == {
        "levels": [{"sku": "a", "quantity": -7, "changed_at": "1970-01-01T00:00:00Z"}],
        "after": "a",
    }
