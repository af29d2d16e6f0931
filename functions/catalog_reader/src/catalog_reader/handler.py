"""Entry point of the Lambda function, invoked by other functions or over its URL."""

from __future__ import annotations

import json
import time
from typing import Any

import msgspec

from catalog_reader import query, url, wiring
from catalog_reader.ports import StoreError
from catalog_reader.query import Flush, OfSkus, OfWarehouse, Query, QueryError, Warm
from catalog_runtime.invocation import Context
from catalog_runtime.logs import LOGGER

# Time for one portion of warming; the caller's timeout is 30 seconds.
PORTION_SECONDS = 15.0
# Reserved for the step in progress when the portion's time ends.
RESERVE_SECONDS = 5.0


def handle(event: Any, context: Context) -> dict[str, Any]:
    """Answer one query.

    Over the URL, errors are HTTP responses. An invocation raises `QueryError` for an invalid query,
    and `StoreError` when no store has an answer.
    """
    if not url.is_request(event):
        return _answer(query.of_invocation(event), context)
    try:
        asked = query.of_request(event)
        found = _answer(asked, context)
    except QueryError as error:
        return _response(error.status, {"message": str(error)})
    except StoreError as error:
        LOGGER.error("no store has an answer", extra={"facts": {"cause": str(error)}})
        return _response(503, {"message": "stock cannot be read now; try again"})
    # /stock/{sku} has a second segment, /stock none; both may be percent-encoded.
    one = isinstance(asked, OfSkus) and "/" in event["rawPath"].removeprefix("/")
    if not one:
        return _response(200, found)
    if found["unknown"]:
        return _response(404, {"message": f"nothing is known of {found['unknown'][0]}"})
    return _response(200, found["articles"][0])


def _answer(asked: Query, context: Context) -> dict[str, Any]:
    parts = wiring.parts()
    match asked:
        case Warm():
            remaining = context.get_remaining_time_in_millis() / 1000 - RESERVE_SECONDS
            end = time.monotonic() + min(remaining, PORTION_SECONDS)
            warmed = parts.loader(lambda: time.monotonic() < end).warm(asked.warm)
            answer: dict[str, Any] = msgspec.to_builtins(warmed)
            LOGGER.info("warmed", extra={"facts": answer})
            return answer
        case Flush():
            parts.cache.flush()
            LOGGER.info("flushed")
            return {"flushed": True}
        case OfSkus() | OfWarehouse():
            reader = parts.reader
            try:
                if isinstance(asked, OfSkus):
                    skus = list(dict.fromkeys(asked.skus))
                    return query.of_articles(reader.of_skus(skus))
                page = reader.of_warehouse(asked.warehouse, asked.after, asked.limit)
                return query.of_page(page)
            finally:
                parts.metrics.emit({"ReaderRequests": 1, **+reader.counts})
                reader.counts.clear()


def _response(status: int, body: dict[str, Any]) -> dict[str, Any]:
    return {
        "statusCode": status,
        "headers": {"content-type": "application/json", "cache-control": "no-store"},
        "body": json.dumps(body),
    }
