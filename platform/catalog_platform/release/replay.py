"""Has the failure replayer go through the dead letters, portion by portion."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from catalog_platform.aws.invoke import invoke
from catalog_platform.aws.session import Session
from catalog_platform.errors import PlatformError

# So many causes of all portions are kept; the counts say how many there are.
MOST_CAUSES = 100


class Tally(msgspec.Struct):
    """Letters of one reason."""

    selected: int = 0
    already: int = 0
    replayed: int = 0


class Unreadable(msgspec.Struct, frozen=True):
    """An object, a line or record in it, a range or a letter that was not replayed, and why."""

    key: str
    cause: str


class Report(msgspec.Struct, kw_only=True):
    """What the function did; in a dry run, what it would do. Its README explains the counts."""

    dry_run: bool
    objects: int
    found: int
    selected: int
    already: int
    repeated: int
    unusable: int
    refused: int
    missing: int
    replayed: int
    replayed_bytes: int
    reasons: dict[str, Tally]
    unreadable: int
    causes: list[Unreadable]
    oldest: str | None
    newest: str | None
    cursor: str | None
    position: str = ""
    failure: str | None

    @property
    def complete(self) -> bool:
        """Whether every letter that was asked for is on the stream, or would be."""
        return not (
            self.failure or self.unreadable or self.missing or self.unusable or self.refused
        )

    def add(self, other: Report) -> None:
        """Go on with the report of the next portion."""
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for reason, tally in other.reasons.items():
            mine = self.reasons.setdefault(reason, Tally())
            mine.selected += tally.selected
            mine.already += tally.already
            mine.replayed += tally.replayed
        self.causes = (self.causes + other.causes)[:MOST_CAUSES]
        # RFC 3339 in UTC, always written alike, is ordered as text.
        self.oldest = min(filter(None, (self.oldest, other.oldest)), default=None)
        self.newest = max(filter(None, (self.newest, other.newest)), default=None)
        self.cursor, self.position, self.failure = other.cursor, other.position, other.failure


_COUNTS = (
    "objects",
    "found",
    "selected",
    "already",
    "repeated",
    "unusable",
    "refused",
    "missing",
    "replayed",
    "replayed_bytes",
    "unreadable",
)


def replay(
    session: Session,
    function: str,
    request: Mapping[str, Any],
    *,
    on_progress: Callable[[Report], None],
) -> Report:
    """Call the function until it is through or fails; the portions as one report.

    Raises `PlatformError` when it cannot be called or does not answer as it should.
    """
    total: Report | None = None
    at = ("", "")
    asked = {at}
    while True:
        portion = _portion(session, function, {**request, "cursor": at[0], "position": at[1]})
        if total is None:
            total = portion
        else:
            total.add(portion)
        on_progress(total)
        if portion.cursor is None or portion.failure:
            return total
        at = (portion.cursor, portion.position)
        if at in asked:
            total.failure = f"function {function} makes no progress behind {portion.cursor!r}"
            return total
        asked.add(at)


def _portion(session: Session, function: str, request: Mapping[str, Any]) -> Report:
    answer = invoke(session, function, request)
    try:
        return msgspec.convert(answer, Report)
    except msgspec.ValidationError as error:
        raise PlatformError(
            f"function {function} answered something else than a report: {error}",
            hint="deploy the version that this command belongs to",
        ) from error
