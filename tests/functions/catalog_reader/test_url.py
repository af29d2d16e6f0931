"""Every request to the URL gets a response, whatever it is."""

from __future__ import annotations

import contextlib
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog_reader import handler
from catalog_reader.query import OfSkus, Query, QueryError

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)


@pytest.fixture(autouse=True)
def answered(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both stores answer every question: of each article, only its SKU is known."""

    def answer(asked: Query, _context: object) -> dict[str, Any]:
        if not isinstance(asked, OfSkus):
            return {"levels": [], "after": None}
        return {"articles": [{"sku": sku} for sku in asked.skus], "unknown": []}

    monkeypatch.setattr(handler, "_answer", answer)


def response(event: Any) -> tuple[int, Any]:
    found = handler.handle(event, None)  # type: ignore[arg-type]
    return found["statusCode"], json.loads(found["body"])


def request(path: Any, query: Any = "", method: Any = "GET") -> dict[str, Any]:
    http = {"method": method}
    return {"rawPath": path, "rawQueryString": query, "requestContext": {"http": http}}


@pytest.mark.parametrize("context", [None, [], "x", {}, {"http": None}, {"http": {"method": 1}}])
def test_a_request_without_method_or_path_is_refused(context: object) -> None:
    assert response({"rawPath": "/stock/A", "requestContext": context})[0] == 400
    assert response({"requestContext": {"http": {"method": "GET"}}})[0] == 400


@given(JSON, JSON, JSON, JSON)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_request_has_a_status_and_a_json_object(
    path: Any, query: Any, method: Any, body: Any
) -> None:
    for event in (
        request(path, query, method) | {"body": body},
        request("/warehouses/BER", query),
        request(path),
        {"requestContext": body},
    ):
        status, found = response(event)
        assert status in {200, 400, 404, 405}
        assert isinstance(found, dict)


@given(JSON)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_invocation_of_any_kind_is_answered_or_raises_a_query_error(event: Any) -> None:
    with contextlib.suppress(QueryError):
        handler.handle(event, None)  # type: ignore[arg-type]


def test_one_article_is_an_object_and_several_are_a_list_however_the_path_is_written() -> None:
    several = {"articles": [{"sku": "A"}, {"sku": "B"}], "unknown": []}

    assert response(request("/stock/A")) == (200, {"sku": "A"})
    assert response(request("/%73tock/%41")) == (200, {"sku": "A"})
    assert response(request("/stock", "sku=A&sku=B")) == (200, several)
    assert response(request("/%73tock", "sku=A&sku=B")) == (200, several)


def test_another_parameter_never_answers_for_the_article_in_the_path() -> None:
    assert response(request("/stock/A", "skus=B")) == (
        400,
        {"message": "'skus' is no parameter; /stock/{sku} takes no parameters"},
    )
