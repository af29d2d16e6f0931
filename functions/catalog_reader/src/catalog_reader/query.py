"""Queries, by invocation or over the URL, and their answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from catalog_reader import url
from catalog_reader.article import Article, Version
from catalog_reader.parameters import (
    AFTER,
    CURSOR,
    FLAG,
    LIMIT,
    WAREHOUSE,
    Problems,
    number,
)
from catalog_reader.parameters import QueryError as QueryError
from catalog_reader.ports import Page

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
LEVELS = 100


class OfSkus(msgspec.Struct, frozen=True):
    """A query for articles, with their stock in all warehouses."""

    skus: tuple[str, ...]


class OfWarehouse(msgspec.Struct, frozen=True):
    """A query for the stock of a warehouse, by SKU, after a SKU."""

    warehouse: str
    after: str = ""
    limit: int = LEVELS


class Warm(msgspec.Struct, frozen=True):
    """A request to load all articles after a SKU into the cache; an empty SKU loads all."""

    warm: str


class Flush(msgspec.Struct, frozen=True):
    """A request to empty the cache."""


Query = OfSkus | OfWarehouse | Warm | Flush
_KINDS = {
    "skus": ("skus",),
    "warehouse": ("warehouse", "after", "limit"),
    "warm": ("warm",),
    "flush": ("flush",),
}


def of_invocation(event: object) -> Query:
    """Parse the query of an invocation. Raises `QueryError`."""
    fields = event if isinstance(event, dict) else {}
    kinds = [name for name in _KINDS if name in fields]
    if len(kinds) != 1:
        raise QueryError(
            f"expected exactly one of: {', '.join(_KINDS)}; found {' and '.join(kinds) or 'none'}"
        )
    kind = kinds[0]
    problems = Problems(f"a query with {kind}", _KINDS[kind])
    problems.names(fields)
    if kind == "skus":
        return _of_skus(kind, fields[kind], problems)
    if kind == "warehouse":
        after, limit = fields.get("after", ""), fields.get("limit", LEVELS)
        return _of_warehouse(fields[kind], after, limit, problems)
    problems.value(kind, fields[kind], FLAG if kind == "flush" else CURSOR)
    problems.check()
    return Flush() if kind == "flush" else Warm(fields[kind])


def of_request(event: Mapping[str, Any]) -> OfSkus | OfWarehouse:
    """Parse the query of a request to the URL, which is read-only. Raises `QueryError`."""
    match url.path_of(event):
        case ["stock"]:
            problems = Problems("/stock", ("sku",))
            found = url.parameters_of(event, problems)
            return _of_skus("sku", found.get("sku", []), problems)
        case ["stock", sku]:
            problems = Problems("/stock/{sku}", ())
            url.parameters_of(event, problems)
            return _of_skus("{sku}", [sku], problems)
        case ["warehouses", warehouse]:
            problems = Problems("/warehouses/{warehouse}", ("after", "limit"))
            found = url.parameters_of(event, problems)
            after = url.single(found, "after", problems)
            limit = url.single(found, "limit", problems)
            return _of_warehouse(
                warehouse,
                "" if after is None else after,
                LEVELS if limit is None else number(limit),
                problems,
            )
    raise QueryError(
        "expected /stock/{sku}, /stock?sku=…&sku=… or /warehouses/{warehouse}?after=…&limit=…",
        404,
    )


def _of_skus(name: str, skus: Any, problems: Problems) -> OfSkus:
    problems.skus(name, skus)
    problems.check()
    return OfSkus(tuple(skus))


def _of_warehouse(warehouse: Any, after: Any, limit: Any, problems: Problems) -> OfWarehouse:
    problems.value("warehouse", warehouse, WAREHOUSE)
    problems.value("after", after, AFTER)
    problems.value("limit", limit, LIMIT)
    problems.check()
    return OfWarehouse(warehouse, after, limit)


def of_articles(articles: Mapping[str, Article]) -> dict[str, Any]:
    """Return the answer about articles; `unknown` lists those that do not exist."""
    return {
        "articles": [_of_article(sku, each) for sku, each in articles.items() if each.known],
        "unknown": [sku for sku, each in articles.items() if not each.known],
    }


def of_page(page: Page) -> dict[str, Any]:
    """Return the answer about a warehouse; `after` requests the next page, null at the end."""
    levels = [
        {"sku": sku, "quantity": level.quantity, "changed_at": _moment(level.version)}
        for sku, level in page.levels
    ]
    return {"levels": levels, "after": page.after}


def _of_article(sku: str, article: Article) -> dict[str, Any]:
    facts = {fact.name: msgspec.json.decode(fact.value) for fact in article.facts}
    return {
        "sku": sku,
        **facts.get("description", {}),
        **({"price": facts["price"]} if "price" in facts else {}),
        "discontinued": facts.get("discontinued", False),
        "quantity": sum(level.quantity for level in article.levels),
        "levels": [
            {
                "warehouse": level.warehouse,
                "quantity": level.quantity,
                "changed_at": _moment(level.version),
            }
            for level in article.levels
        ],
    }


def _moment(version: Version) -> str:
    at = _EPOCH + timedelta(microseconds=version.revision)
    return at.isoformat().replace("+00:00", "Z")
