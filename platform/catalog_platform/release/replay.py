"""Call the failure replayer until it has processed all dead letters, portion by portion."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from catalog_platform.aws.invoke import invoke
from catalog_platform.aws.session import Session
from catalog_platform.errors import PlatformError

# The report keeps this many causes; its counts include all.
MAXIMUM_CAUSES = 100


class ReasonCounts(msgspec.Struct):
    """The number of dead letters with one reason."""

    selected: int = 0
    already: int = 0
    replayed: int = 0


class ReplayFailure(msgspec.Struct, frozen=True):
    """The key of an object, record or range that was not replayed, and the cause."""

    key: str
    cause: str


class ReplayReport(msgspec.Struct, kw_only=True):
    """The function's report, of a dry run too. The function's README explains the counts."""

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
    reasons: dict[str, ReasonCounts]
    unreadable: int
    causes: list[ReplayFailure]
    oldest: str | None
    newest: str | None
    cursor: str | None
    position: str = ""
    failure: str | None

    @property
    def complete(self) -> bool:
        """Return whether every selected dead letter was, or in a dry run would be, replayed."""
        return not (
            self.failure or self.unreadable or self.missing or self.unusable or self.refused
        )

    def add(self, other: ReplayReport) -> None:
        """Add the report of the next portion."""
        for name in _COUNTS:
            setattr(self, name, getattr(self, name) + getattr(other, name))
        for reason, tally in other.reasons.items():
            mine = self.reasons.setdefault(reason, ReasonCounts())
            mine.selected += tally.selected
            mine.already += tally.already
            mine.replayed += tally.replayed
        self.causes = (self.causes + other.causes)[:MAXIMUM_CAUSES]
        # RFC 3339 times in UTC and in one notation sort as text.
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
    on_progress: Callable[[ReplayReport], None],
) -> ReplayReport:
    """Call the function until it finishes or fails; return one report of all portions.

    Raises `PlatformError` when the function cannot be called or does not return a report.
    """
    total: ReplayReport | None = None
    position = ("", "")
    requested = {position}
    while True:
        portion = _portion(
            session, function, {**request, "cursor": position[0], "position": position[1]}
        )
        if total is None:
            total = portion
        else:
            total.add(portion)
        on_progress(total)
        if portion.cursor is None or portion.failure:
            return total
        position = (portion.cursor, portion.position)
        if position in requested:
            total.failure = f"function {function} makes no progress after {portion.cursor!r}"
            return total
        requested.add(position)


def _portion(session: Session, function: str, request: Mapping[str, Any]) -> ReplayReport:
    answer = invoke(session, function, request)
    try:
        return msgspec.convert(answer, ReplayReport)
    except msgspec.ValidationError as error:
        raise PlatformError(
            f"function {function} did not return a report: {error}",
            hint="deploy the stack again: function and command have different versions",
        ) from error
