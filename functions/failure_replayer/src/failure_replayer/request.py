"""Request and report of the replayer: its contract with `catalogctl replay`."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import msgspec

from failure_replayer.dead_letters import (
    FAILED_BATCHES,
    MALFORMED,
    DeadLetter,
    DeadLetterError,
    Range,
    Sequence,
    Shard,
    in_utc,
)

# A function's response has at most 6 MB; a few causes are enough to act on.
MOST_CAUSES = 20
LONGEST_CAUSE = 500
MOST_REASONS = 50
OTHER_REASONS = "others"

Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class RequestError(Exception):
    """The request is invalid; the message names the field and the problem."""


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Records of one shard, from the first to the last, both inclusive."""

    shard_id: Shard
    first: Sequence
    last: Sequence


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A selection of dead letters: arrived from `since` and before `until`, with one of `reasons`.

    Omitted fields do not restrict. With `span`, records are read from the stream instead of
    the bucket. `cursor` and `position` resume where an earlier report stopped: after a source, or
    at a position inside it.
    """

    dry_run: bool
    since: Moment | None = None
    until: Moment | None = None
    reasons: tuple[str, ...] = ()
    span: Span | None = None
    cursor: str = ""
    position: Annotated[str, msgspec.Meta(pattern=r"\A([0-9]{1,128}(:[0-9]{1,9})?)?\Z")] = ""

    @classmethod
    def parse(cls, event: object) -> Request:
        """Parse an invocation's event. Raises `RequestError`."""
        try:
            request = msgspec.convert(event, cls)
            for moment in filter(None, (request.since, request.until)):
                in_utc(moment)
            request.cursor.encode()
        except msgspec.ValidationError as error:
            raise RequestError(f"not a request: {error}") from None
        except DeadLetterError:
            raise RequestError("since and until must be in the years 1 to 9999, in UTC") from None
        except UnicodeError:
            raise RequestError("cursor is not one of an earlier report") from None
        if request.since and request.until and request.since >= request.until:
            raise RequestError("since must be before until")
        sources = (
            (f"stream/{request.span.shard_id}",) if request.span else (FAILED_BATCHES, MALFORMED)
        )
        if request.position and not request.cursor.startswith(sources):
            raise RequestError("position must come with the cursor of the same report")
        if request.span and int(request.span.first) > int(request.span.last):
            raise RequestError("the span's last sequence number is before its first")
        return request

    def selects(self, dead_letter: DeadLetter) -> bool:
        """Return whether the request selects a dead letter."""
        return (
            (self.since is None or dead_letter.arrived_at >= self.since)
            and (self.until is None or dead_letter.arrived_at < self.until)
            and self.names(dead_letter.reason)
        )

    def names(self, reason: str) -> bool:
        """Return whether the request selects dead letters of a reason."""
        return not self.reasons or reason in self.reasons

    def range(self) -> Range | None:
        """Return the span as a range of the stream, or None without one."""
        span = self.span
        return None if span is None else Range(span.shard_id, span.first, span.last, "range")


class Tally(msgspec.Struct):
    """Counts of the dead letters with one reason."""

    selected: int = 0
    already: int = 0
    replayed: int = 0


class Unreadable(msgspec.Struct, frozen=True):
    """An object, line, record, range or dead letter that was not replayed, with the cause."""

    key: str
    cause: str


class Report(msgspec.Struct):
    """The result of a run, or of a dry run.

    Unless `failure` is set, selected = already + repeated + unusable + refused + replayed.
    `already`: replayed by an earlier run. `repeated`: found in two objects. `unusable`: the
    payload is lost. `refused`: the stream never accepts it. `missing`: named by a dead letter,
    but no longer on the stream. `unreadable`: objects, lines, records and stream ranges that could
    not be read completely; `causes` names the first of them.
    """

    dry_run: bool
    objects: int = 0
    found: int = 0
    selected: int = 0
    already: int = 0
    repeated: int = 0
    unusable: int = 0
    refused: int = 0
    missing: int = 0
    replayed: int = 0
    replayed_bytes: int = 0
    reasons: dict[str, Tally] = {}
    unreadable: int = 0
    causes: list[Unreadable] = []
    oldest: datetime | None = None
    newest: datetime | None = None
    cursor: str | None = None
    position: str = ""
    failure: str | None = None

    def of(self, reason: str) -> Tally:
        """Return the counts of a reason; reasons beyond `MOST_REASONS` share one."""
        if reason not in self.reasons and len(self.reasons) >= MOST_REASONS:
            reason = OTHER_REASONS
        return self.reasons.setdefault(reason, Tally())

    def cannot_read(self, key: str, cause: str) -> None:
        """Report a source, or a part of one, that cannot be read."""
        self.unreadable += 1
        self._note(key, cause)

    def cannot_put(self, key: str, cause: str) -> None:
        """Report a dead letter that the stream refuses."""
        self.refused += 1
        self._note(key, cause)

    def _note(self, key: str, cause: str) -> None:
        if len(self.causes) < MOST_CAUSES:
            self.causes.append(Unreadable(key, cause[:LONGEST_CAUSE]))

    def replays(self, dead_letter: DeadLetter) -> None:
        """Count a dead letter that was put on the stream, or would be."""
        self.replayed += 1
        self.replayed_bytes += len(dead_letter.data or b"")
        self.of(dead_letter.reason).replayed += 1
        at = dead_letter.arrived_at
        self.oldest = at if self.oldest is None else min(self.oldest, at)
        self.newest = at if self.newest is None else max(self.newest, at)
