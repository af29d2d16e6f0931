"""Call the catalog reader to empty the cache, or to fill it portion by portion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from catalog_platform.aws.invoke import invoke
from catalog_platform.aws.session import Session
from catalog_platform.errors import PlatformError
from catalog_platform.plural import plural


@dataclass(slots=True)
class WarmUpCounts:
    """Counts of processed articles, and of values that were missing in the cache.

    `failed` articles could not be written, because the cache rejected them or was unavailable.
    """

    articles: int = 0
    written: int = 0
    failed: int = 0


def flush(session: Session, function: str) -> None:
    """Call the function to empty the cache. Raises `PlatformError` when it is not emptied."""
    if invoke(session, function, {"flush": True}) != {"flushed": True}:
        raise PlatformError(
            f"function {function} did not empty the cache",
            hint="deploy the stack again: function and command have different versions",
        )


def warm(
    session: Session, function: str, *, on_progress: Callable[[WarmUpCounts], None]
) -> WarmUpCounts:
    """Call the function until every article is in the cache.

    Raises `PlatformError` when it cannot be called, makes no progress, or a store is unavailable.
    """
    total = WarmUpCounts()
    cursor: str | None = ""
    requested = set()
    while cursor is not None:
        if cursor in requested:
            raise PlatformError(f"function {function} makes no progress after {cursor!r}")
        requested.add(cursor)
        answer = invoke(session, function, {"warm": cursor})
        try:
            total.articles += answer["articles"]
            total.written += answer["written"]
            total.failed += answer.get("failed", 0)
            failure, cursor = answer["failure"], answer["cursor"]
        except (AttributeError, KeyError, TypeError) as error:
            raise PlatformError(
                f"function {function} did not return counts: {error}",
                hint="deploy the stack again: function and command have different versions",
            ) from error
        on_progress(total)
        if failure:
            raise PlatformError(
                f"{failure} (after {plural(total.articles, 'article')})",
                hint="run the command again; repeating it is safe",
            )
    return total
