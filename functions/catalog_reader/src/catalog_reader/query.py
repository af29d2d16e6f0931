"""What the reader can be asked, by invocation or over its URL, and what it answers.

https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qs, unquote

import msgspec
from msgspec import Meta

from catalog_reader.article import Article, Version
from catalog_reader.ports import Page

T = TypeVar("T")

MOST_SKUS = 100
MOST_LEVELS = 1000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAME = r"\A[A-Za-z0-9._-]+\Z"
Sku = Annotated[str, Meta(min_length=1, max_length=64, pattern=_NAME)]
Warehouse = Annotated[str, Meta(min_length=1, max_length=32, pattern=_NAME)]


class QueryError(Exception):
    """The question cannot be answered as it is put; `status` is that of HTTP."""

    def __init__(self, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.status = status


class OfSkus(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is in stock of these articles, in all warehouses."""

    skus: Annotated[tuple[Sku, ...], Meta(min_length=1, max_length=MOST_SKUS)]


class OfWarehouse(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a warehouse holds, by SKU, behind `after`."""

    warehouse: Warehouse
    after: Annotated[str, Meta(max_length=64, pattern=r"\A[A-Za-z0-9._-]*\Z")] = ""
    limit: Annotated[int, Meta(ge=1, le=MOST_LEVELS)] = 100


class Warm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Load every article behind this SKU into the cache; an empty one begins at the first."""

    warm: Annotated[str, Meta(max_length=64)]


Query = OfSkus | OfWarehouse | Warm
_KINDS: dict[str, type[Query]] = {"skus": OfSkus, "warehouse": OfWarehouse, "warm": Warm}


def of_invocation(event: object) -> Query:
    """The question of a caller that invokes the function itself. Raises `QueryError`."""
    fields = event if isinstance(event, dict) else {}
    kinds = [kind for name, kind in _KINDS.items() if name in fields]
    if len(kinds) != 1:
        raise QueryError(f"expected exactly one of: {', '.join(_KINDS)}")
    return _convert(fields, kinds[0])


def of_request(event: Mapping[str, Any]) -> OfSkus | OfWarehouse:
    """The question of a request to the URL; nothing there changes anything. Raises `QueryError`."""
    method = event["requestContext"]["http"]["method"]
    if method not in {"GET", "HEAD"}:
        raise QueryError(f"{method} is not allowed; use GET", 405)
    parts = [unquote(part) for part in event["rawPath"].strip("/").split("/")]
    asked = parse_qs(event.get("rawQueryString", ""), keep_blank_values=True)
    match parts:
        case ["stock"]:
            return _convert({"skus": asked.pop("sku", []), **asked}, OfSkus)
        case ["stock", sku]:
            return _convert({"skus": [sku], **asked}, OfSkus)
        case ["warehouses", warehouse]:
            single = {name: values[-1] for name, values in asked.items()}
            return _convert({**single, "warehouse": warehouse}, OfWarehouse)
    raise QueryError(
        "there are /stock/{sku}, /stock?sku=…&sku=… and /warehouses/{warehouse}?after=…&limit=…",
        404,
    )


def of_articles(articles: Mapping[str, Article]) -> dict[str, Any]:
    """The answer about articles; those of which nothing is known are `unknown`."""
    return {
        "articles": [_of_article(sku, each) for sku, each in articles.items() if each.known],
        "unknown": [sku for sku, each in articles.items() if not each.known],
    }


def of_page(page: Page) -> dict[str, Any]:
    """The answer about a warehouse; `after` asks for the next page, null at the end."""
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


def _convert(fields: Mapping[str, Any], kind: type[T]) -> T:
    try:
        # Not strict: over the URL, numbers come as text.
        return msgspec.convert(fields, kind, strict=False)
    except msgspec.ValidationError as error:
        raise QueryError(str(error)) from None
