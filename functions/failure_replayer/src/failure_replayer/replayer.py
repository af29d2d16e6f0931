"""The order of things: read, select, put on the stream, record; source by source."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field

from failure_replayer.content import read
from failure_replayer.dead_letters import DeadLetter, DeadLetterError, Flaw, Item, Range
from failure_replayer.identities import Identities
from failure_replayer.limits import TooLargeError
from failure_replayer.ports import EffectError, Ledger, Letters, SourceError, Stream
from failure_replayer.request import Report, Request

# https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
MOST_RECORDS = 500
MOST_BYTES = 4_500_000
# A portion ends after so many letters, and checks the time after so many.
MOST_LETTERS = 100_000
LETTERS_BETWEEN_CHECKS = 500


@dataclass(slots=True)
class Replayer:
    """Replays letters, each at most once as long as the ledger can be written.

    Between the put and its entry in the ledger the function may die. Those few letters are put
    again by the next run, which the event contract allows: an event that comes twice changes
    nothing.
    """

    letters: Letters
    ledger: Ledger
    stream: Stream
    in_time: Callable[[], bool]
    _seen: Identities = field(default_factory=Identities)
    _read: int = 0
    # Where to go on: behind this source, or with a position inside it.
    _cursor: str = ""
    _position: str = ""
    _stopped: bool = False
    _stopped_at: str = ""

    def run(self, request: Request) -> Report:
        """Do what is asked as far as time allows; `cursor` and `position` say where to go on.

        A source that cannot be replayed is named in the report, and the next one goes on. Never
        raises because of the bucket or the stream: the report says what was done before.
        """
        report, self._seen, self._read = Report(request.dry_run), Identities(), 0
        self._cursor, self._position, self._stopped = request.cursor, request.position, False
        try:
            for number, source in enumerate(self._sources(request)):
                self._stopped = number > 0 and not self._may_go_on()
                if not self._stopped:
                    self._replay(request, source, report)
                if self._stopped:
                    break
                self._cursor, self._position = source, ""
        except EffectError as error:
            report.failure = str(error)
        if self._stopped or report.failure is not None:
            report.cursor, report.position = self._cursor, self._position
        return report

    def _may_go_on(self) -> bool:
        return self._read < MOST_LETTERS and self.in_time()

    def _sources(self, request: Request) -> Iterator[str]:
        """Objects in the bucket, or the one shard that is read again."""
        if request.span is not None:
            if request.position or not request.cursor:
                yield f"stream/{request.span.shard_id}"
            return
        if request.position:
            # By its name: what lies before it may have been added or removed meanwhile.
            yield request.cursor
        yield from self.letters.keys(request.since, request.until, request.cursor)

    def _replay(self, request: Request, source: str, report: Report) -> None:
        if not self._position:
            report.objects += 1
        for chunk in chunks(self._fresh(request, source, report)):
            if request.dry_run:
                for letter in chunk:
                    report.replays(letter)
            else:
                self._put(source, chunk, report)
        if self._stopped:
            self._cursor, self._position = source, self._stopped_at

    def _fresh(self, request: Request, source: str, report: Report) -> Iterator[DeadLetter]:
        """The letters to put: neither in the ledger, nor seen in this run, nor without payload.

        Ends early, with `_stopped` set, when the portion is over. A source that cannot be read
        further is noted, after what was found in it.
        """
        already: Container[str] | None = None
        unchecked = 0
        try:
            for item in self._items(request, source, report):
                letter = item.found
                if isinstance(letter, Flaw):
                    report.cannot_read(source, letter.cause)
                elif isinstance(letter, DeadLetter):
                    report.found += 1
                    if request.selects(letter):
                        if already is None:
                            already = self.ledger.replayed(source)
                        if self._is_fresh(letter, already, report):
                            unchecked += (
                                LETTERS_BETWEEN_CHECKS * len(letter.data or b"") // MOST_BYTES
                            )
                            yield letter
                self._read += 1
                unchecked += 1
                if unchecked >= LETTERS_BETWEEN_CHECKS:
                    unchecked = 0
                    if not self._may_go_on():
                        self._stopped, self._stopped_at = True, item.position
                        return
        except (SourceError, DeadLetterError, TooLargeError) as error:
            report.cannot_read(source, str(error))

    def _items(self, request: Request, source: str, report: Report) -> Iterator[Item]:
        span, after = request.range(), self._position
        if span is not None:
            yield from self._read_again(span, after, report)
            return
        for item in read(source, self.letters.read(source), after):
            if not isinstance(item.found, Range):
                yield item
            elif request.names(item.found.reason):
                yield from self._read_again(item.found, after, report)

    def _read_again(self, span: Range, after: str, report: Report) -> Iterator[Item]:
        """Records of the stream; a position is the last sequence number and how many were read."""
        sequence, _, count = after.partition(":")
        found = int(count or 0)
        try:
            for letter in self.stream.read(span, sequence):
                found += 1
                yield Item(f"{letter.identity.rpartition(':')[2]}:{found}", letter)
        except SourceError:
            report.missing += max(0, (span.count or 0) - found)
            raise
        report.missing += max(0, (span.count or 0) - found)

    def _is_fresh(self, letter: DeadLetter, already: Container[str], report: Report) -> bool:
        tally = report.of(letter.reason)
        report.selected += 1
        tally.selected += 1
        fresh = False
        if letter.identity in already:
            report.already += 1
            tally.already += 1
        elif letter.identity in self._seen:
            report.repeated += 1
        elif letter.data is None:
            report.unusable += 1
        else:
            fresh = True
        self._seen.add(letter.identity)
        return fresh

    def _put(self, source: str, chunk: list[DeadLetter], report: Report) -> None:
        outcome = self.stream.put(chunk)
        for letter in chunk:
            if letter.identity in outcome.accepted:
                report.replays(letter)
        for identity, cause in outcome.refused.items():
            report.cannot_put(source, f"{identity}: {cause}")
        if outcome.accepted:
            self.ledger.record(source, outcome.accepted)
        if outcome.failure is not None:
            raise EffectError(outcome.failure)


def chunks(letters: Iterable[DeadLetter]) -> Iterator[list[DeadLetter]]:
    """The letters in their order, in portions that one call to the stream takes."""
    chunk: list[DeadLetter] = []
    size = 0
    for letter in letters:
        weight = len(letter.data or b"") + len(letter.partition_key.encode())
        if chunk and (len(chunk) == MOST_RECORDS or size + weight > MOST_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(letter)
        size += weight
    if chunk:
        yield chunk
