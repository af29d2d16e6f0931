"""Has the catalog reader fill the cache from the database, portion by portion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from catalog_platform.aws.invoke import invoke
from catalog_platform.aws.session import Session
from catalog_platform.errors import PlatformError


@dataclass(slots=True)
class Warmed:
    """What came through: articles, and how many of their values the cache did not have.

    The cache refused the `failed` among the articles, or their server was away.
    """

    articles: int = 0
    written: int = 0
    failed: int = 0


def warm(session: Session, function: str, *, on_progress: Callable[[Warmed], None]) -> Warmed:
    """Call the function until every article is in the cache.

    Raises `PlatformError` when it cannot be called, makes no progress, or a store is away.
    """
    total = Warmed()
    cursor: str | None = ""
    asked = set()
    while cursor is not None:
        if cursor in asked:
            raise PlatformError(f"function {function} makes no progress behind {cursor!r}")
        asked.add(cursor)
        answer = invoke(session, function, {"warm": cursor})
        try:
            total.articles += answer["articles"]
            total.written += answer["written"]
            total.failed += answer.get("failed", 0)
            failure, cursor = answer["failure"], answer["cursor"]
        except (AttributeError, KeyError, TypeError) as error:
            raise PlatformError(
                f"function {function} answered something else than a count: {error}",
                hint="deploy the version that this command belongs to",
            ) from error
        on_progress(total)
        if failure:
            raise PlatformError(
                f"{failure} (after {total.articles:,} articles)", hint="try again; nothing is lost"
            )
    return total
