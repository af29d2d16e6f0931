"""What the replayer is asked for, and what it answers: the contract with `catalogctl replay`."""

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

# The answer of a function has at most 6 MB; a few causes are enough to act upon.
MOST_CAUSES = 20
LONGEST_CAUSE = 500
MOST_REASONS = 50
OTHER_REASONS = "others"

Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class RequestError(Exception):
    """The request makes no sense; the message says what is wrong with it."""


class Span(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Records of one shard, from the first to the last, both included."""

    shard_id: Shard
    first: Sequence
    last: Sequence


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which letters to replay: those that arrived from `since` and before `until`, for `reasons`.

    What is left out does not restrict. With `span`, records are read from the stream instead of
    the bucket. `cursor` and `position` go on where an earlier answer stopped: behind a source, or
    with a position inside it.
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
        """Raises `RequestError`."""
        try:
            request = msgspec.convert(event, cls)
            for moment in filter(None, (request.since, request.until)):
                in_utc(moment)
            request.cursor.encode()
        except msgspec.ValidationError as error:
            raise RequestError(f"not a request: {error}") from None
        except DeadLetterError:
            raise RequestError("since and until lie in the years 1 to 9999, in UTC") from None
        except UnicodeError:
            raise RequestError("cursor is not the one of an answer") from None
        if request.since and request.until and request.since >= request.until:
            raise RequestError("since is not before until")
        sources = (
            (f"stream/{request.span.shard_id}",) if request.span else (FAILED_BATCHES, MALFORMED)
        )
        if request.position and not request.cursor.startswith(sources):
            raise RequestError("position goes with the cursor of the same answer")
        if request.span and int(request.span.first) > int(request.span.last):
            raise RequestError("the range ends before it begins")
        return request

    def selects(self, letter: DeadLetter) -> bool:
        """Whether a letter is among those asked for."""
        return (
            (self.since is None or letter.arrived_at >= self.since)
            and (self.until is None or letter.arrived_at < self.until)
            and self.names(letter.reason)
        )

    def names(self, reason: str) -> bool:
        """Whether letters of a reason can be among those asked for."""
        return not self.reasons or reason in self.reasons

    def range(self) -> Range | None:
        """The span as something to read from the stream."""
        span = self.span
        return None if span is None else Range(span.shard_id, span.first, span.last, "range")


class Tally(msgspec.Struct):
    """Letters of one reason."""

    selected: int = 0
    already: int = 0
    replayed: int = 0


class Unreadable(msgspec.Struct, frozen=True):
    """An object, a line or record in it, a range or a letter that was not replayed, and why."""

    key: str
    cause: str


class Report(msgspec.Struct):
    """What was done, or in a dry run what would be.

    selected = already + repeated + unusable + refused + replayed, unless `failure` says why not.
    `already`: in the ledger of an earlier run. `repeated`: lies in two objects. `unusable`: the
    payload has not survived. `refused`: the stream will never take it. `missing`: named by a
    letter, but no longer in the stream. `unreadable`: objects, lines and records in them, and
    ranges of the stream that gave no letters, or not all. `causes` names the first of these.
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
        """The tally of a reason; beyond `MOST_REASONS` they share one."""
        if reason not in self.reasons and len(self.reasons) >= MOST_REASONS:
            reason = OTHER_REASONS
        return self.reasons.setdefault(reason, Tally())

    def cannot_read(self, key: str, cause: str) -> None:
        """Note an object, or a part of one, that gave no letters."""
        self.unreadable += 1
        self._note(key, cause)

    def cannot_put(self, key: str, cause: str) -> None:
        """Note a letter that the stream refuses."""
        self.refused += 1
        self._note(key, cause)

    def _note(self, key: str, cause: str) -> None:
        if len(self.causes) < MOST_CAUSES:
            self.causes.append(Unreadable(key, cause[:LONGEST_CAUSE]))

    def replays(self, letter: DeadLetter) -> None:
        """Note a letter that went to the stream, or would."""
        self.replayed += 1
        self.replayed_bytes += len(letter.data or b"")
        self.of(letter.reason).replayed += 1
        at = letter.arrived_at
        self.oldest = at if self.oldest is None else min(self.oldest, at)
        self.newest = at if self.newest is None else max(self.newest, at)
