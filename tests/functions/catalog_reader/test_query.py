from __future__ import annotations

import contextlib
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_reader.article import Article, Fact, Level, Version
from catalog_reader.ports import Page
from catalog_reader.query import (
    Flush,
    OfSkus,
    OfWarehouse,
    QueryError,
    Warm,
    of_articles,
    of_invocation,
    of_page,
    of_request,
)
from catalog_reader.url import is_request


def request(path: str, query: str = "", method: str = "GET", **more: Any) -> dict[str, Any]:
    return {
        **more,
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
        (request("/"), 404, "expected /stock"),
        (request("/stock/a/b"), 404, "expected /stock"),
        (request("/stock/SKU-1", method="DELETE"), 405, "DELETE is not allowed"),
        (request("/stock"), 400, "sku: 0 were given, expected 1 to 100; /stock takes sku"),
        (request("/stock", "&".join(["sku=a"] * 101)), 400, "sku: 101 were given"),
        (
            request("/stock", "sku="),
            400,
            "sku is '', expected 1 to 64 letters, digits or . _ -, such as CUP-1",
        ),
        (request("/stock/"), 400, r"{sku} is '', expected 1 to 64 letters"),
        (request("/stock/a/"), 404, "expected /stock"),
        (request("//stock/a"), 404, "expected /stock"),
        (request("/stock/%2e%2e%2fetc"), 400, r"{sku} is '\.\./etc', expected 1 to 64 letters"),
        (request("/stock/a%00"), 400, r"{sku} is 'a\\x00', expected"),
        (request("/stock/%ff"), 400, r"{sku} is '\\udcff', expected"),
        (request("/stock/" + "a" * 65), 400, "{sku} is 'a{65}', expected 1 to 64"),
        (request("/stock/a", "limit=1"), 400, "'limit' is no parameter; /stock/{sku} takes no par"),
        (request("/stock/a", "skus=b"), 400, "'skus' is no parameter"),
        (request("/stock/a", "sku=b"), 400, "'sku' is no parameter"),
        (request("/stock", "sku=a&skus=b"), 400, "'skus' is no parameter; /stock takes sku"),
        (request("/warehouses/BER", "warehouse=LYS"), 400, "'warehouse' is no parameter"),
        (
            request("/warehouses/BER", "after=a&after=b"),
            400,
            "after is given 2 times, expected once",
        ),
        (request("/warehouses/BER", "limit"), 400, "'limit' in the query string is not name=value"),
        (request("/warehouses/BER", "=5"), 400, "'=5' in the query string is not name=value"),
        (request("/warehouses/BER", "limit=5&&after=a"), 400, "'' in the query string is not name"),
        (
            request("/warehouses/BER", "after=%00"),
            400,
            r"after is '\\x00', expected 0 to 64 letters",
        ),
        (request("/stock/a", body="x"), 400, "expected no body"),
        (request("/stock/a", method="HEAD", body="x"), 400, "expected no body"),
    ],
)
def test_what_cannot_be_asked_is_explained(
    event: dict[str, Any], status: int, complaint: str
) -> None:
    with pytest.raises(QueryError, match=complaint) as raised:
        of_request(event)

    assert raised.value.status == status


@pytest.mark.parametrize(
    "text",
    ["0", "1001", "many", "1e1", "1_0", "%2010", "+5", "%2B5", "-1", "1.0", "010", "true", "", "٣"],
)
def test_a_limit_is_a_whole_number_in_digits_and_nothing_else(text: str) -> None:
    with pytest.raises(QueryError, match=r"limit is .*, expected a whole number from 1 to 1000"):
        of_request(request("/warehouses/BER", f"limit={text}"))


@pytest.mark.parametrize("limit", [True, 0, 1001, 10.0, "10", None, [10], 10**90])
def test_an_invocation_gives_its_limit_as_a_number(limit: object) -> None:
    with pytest.raises(QueryError, match=r"limit is .*, expected a whole number from 1 to 1000"):
        of_invocation({"warehouse": "BER", "limit": limit})


def test_all_problems_are_named_at_once_with_what_the_route_takes() -> None:
    with pytest.raises(QueryError) as raised:
        of_request(request("/warehouses/B%20R", "limit=1e1&after=%2F&size=3"))

    assert str(raised.value) == (
        "'size' is no parameter; "
        "warehouse is 'B R', expected 1 to 32 letters, digits or . _ -, such as BER; "
        "after is '/', expected 0 to 64 letters, digits or . _ -, such as CUP-1; "
        "limit is '1e1', expected a whole number from 1 to 1000, such as 100; "
        "/warehouses/{warehouse} takes after, limit"
    )


def test_a_message_stays_short_however_much_is_wrong() -> None:
    with pytest.raises(QueryError, match="and 90 more problems") as raised:
        of_invocation({"skus": ["?" * 100_000] * 100})

    assert len(str(raised.value)) < 2500


# Anything that JSON can express; keys that the reader looks for are likely.
_NAMES = st.sampled_from(
    [
        *("sku", "skus", "warehouse", "after", "limit", "warm", "flush"),
        *("rawPath", "rawQueryString", "body", "requestContext", "http", "method"),
    ]
)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(_NAMES | st.text(max_size=4), inner)
    ),
    max_leaves=12,
)


@given(_JSON)
def test_any_event_is_a_question_or_refused(event: Any) -> None:
    with contextlib.suppress(QueryError):
        (of_request if is_request(event) else of_invocation)(event)


@given(
    st.sampled_from(["/stock", "/stock/A", "/warehouses/BER"]),
    st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=8), min_size=1),
)
def test_a_parameter_that_a_route_does_not_take_is_refused_and_named(
    path: str, more: dict[str, str]
) -> None:
    unknown = {f"x{name}": value for name, value in more.items()}
    asked = [("sku", "A")] if path == "/stock" else []
    with pytest.raises(QueryError) as raised:
        of_request(request(path, urlencode([*asked, *unknown.items()])))

    assert raised.value.status == 400
    assert f"{next(iter(unknown))!a} is no parameter" in str(raised.value)


@given(st.text(max_size=30), st.text(max_size=60))
def test_a_path_and_a_query_string_of_any_text_are_answered(path: str, query: str) -> None:
    with contextlib.suppress(QueryError):
        of_request(request(f"/{path}", query))


@given(st.lists(st.sampled_from([*"abzAZ09._-"]), min_size=1, max_size=64).map("".join))
def test_every_valid_sku_is_answered_plain_and_percent_encoded(sku: str) -> None:
    encoded = "".join(f"%{ord(character):02x}" for character in sku)

    for text in (sku, encoded):
        assert of_request(request(f"/stock/{text}")) == OfSkus((sku,))
        assert of_request(request("/stock", f"sku={text}")) == OfSkus((sku,))


def test_invocations_ask_in_json() -> None:
    assert of_invocation({"skus": ["a"]}) == OfSkus(("a",))
    assert of_invocation({"warehouse": "BER", "limit": 7}) == OfWarehouse("BER", "", 7)
    assert of_invocation({"warm": ""}) == Warm("")
    assert of_invocation({"flush": True}) == Flush()


@pytest.mark.parametrize(
    "event",
    [
        *(None, [], {}, {"skus": ["a"], "warm": ""}, {"skus": "a"}, {"skus": []}, {"skus": [1]}),
        *({"skus": ["a"], "sku": "b"}, {"skus": ["a"], "limit": 5}, {"warm": "", "limit": 5}),
        *({"flush": False}, {"flush": 1}, {"flush": True, "warm": ""}),
        *({"warm": None}, {"warm": "a\x00"}, {"warm": "\ud800"}, {"warm": "a" * 65}),
        *({"warehouse": "BER", "after": None}, {"warehouse": "BER", "skip": 1}),
    ],
)
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
