"""The replay loop: for each source, read, select, put on the stream, record."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field

from failure_replayer.content import read
from failure_replayer.dead_letters import DeadLetter, DeadLetterError, Flaw, Item, Range
from failure_replayer.identities import Identities
from failure_replayer.limits import TooLargeError
from failure_replayer.ports import DeadLetterBucket, ReplayLog, ServiceError, SourceError, Stream
from failure_replayer.request import Report, Request

# https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
MOST_RECORDS = 500
MOST_BYTES = 4_500_000
# Limits of a portion: the most dead letters, and how many between two checks of the time.
MOST_DEAD_LETTERS = 100_000
DEAD_LETTERS_BETWEEN_CHECKS = 500


@dataclass(slots=True)
class Replayer:
    """Replays dead letters, each at most once while the replay log can be written.

    If the function dies between a put and its replay record, the next run puts those dead letters
    again. The event contract allows this: a repeated event changes nothing.
    """

    dead_letters: DeadLetterBucket
    replay_log: ReplayLog
    stream: Stream
    in_time: Callable[[], bool]
    _seen: Identities = field(default_factory=Identities)
    _read: int = 0
    # Where to resume: after this source, or with a position inside it.
    _cursor: str = ""
    _position: str = ""
    _stopped: bool = False
    _stopped_at: str = ""

    def run(self, request: Request) -> Report:
        """Replay until the time ends; the report's `cursor` and `position` are where to resume.

        The report names sources that cannot be replayed, and the run continues with the next one.
        Errors of the bucket or the stream are not raised: the report has them and the work done.
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
        except ServiceError as error:
            report.failure = str(error)
        if self._stopped or report.failure is not None:
            report.cursor, report.position = self._cursor, self._position
        return report

    def _may_go_on(self) -> bool:
        return self._read < MOST_DEAD_LETTERS and self.in_time()

    def _sources(self, request: Request) -> Iterator[str]:
        """Yield the objects of the bucket, or the one shard to read again."""
        if request.span is not None:
            if request.position or not request.cursor:
                yield f"stream/{request.span.shard_id}"
            return
        if request.position:
            # By its key: objects before it may have been added or removed since.
            yield request.cursor
        yield from self.dead_letters.keys(request.since, request.until, request.cursor)

    def _replay(self, request: Request, source: str, report: Report) -> None:
        if not self._position:
            report.objects += 1
        for chunk in chunks(self._fresh(request, source, report)):
            if request.dry_run:
                for dead_letter in chunk:
                    report.replays(dead_letter)
            else:
                self._put(source, chunk, report)
        if self._stopped:
            self._cursor, self._position = source, self._stopped_at

    def _fresh(self, request: Request, source: str, report: Report) -> Iterator[DeadLetter]:
        """Yield the dead letters to put: with payload, not replayed before, not seen in this run.

        Ends early with `_stopped` set when the portion ends. A source that cannot be read any
        further is reported after the dead letters found in it.
        """
        already: Container[str] | None = None
        unchecked = 0
        try:
            for item in self._items(request, source, report):
                dead_letter = item.found
                if isinstance(dead_letter, Flaw):
                    report.cannot_read(source, dead_letter.cause)
                elif isinstance(dead_letter, DeadLetter):
                    report.found += 1
                    if request.selects(dead_letter):
                        if already is None:
                            already = self.replay_log.replayed(source)
                        if self._is_fresh(dead_letter, already, report):
                            unchecked += (
                                DEAD_LETTERS_BETWEEN_CHECKS
                                * len(dead_letter.data or b"")
                                // MOST_BYTES
                            )
                            yield dead_letter
                self._read += 1
                unchecked += 1
                if unchecked >= DEAD_LETTERS_BETWEEN_CHECKS:
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
        for item in read(source, self.dead_letters.read(source), after):
            if not isinstance(item.found, Range):
                yield item
            elif request.names(item.found.reason):
                yield from self._read_again(item.found, after, report)

    def _read_again(self, span: Range, after: str, report: Report) -> Iterator[Item]:
        """Yield records of the stream; a position is the last sequence number and their count."""
        sequence, _, count = after.partition(":")
        found = int(count or 0)
        try:
            for dead_letter in self.stream.read(span, sequence):
                found += 1
                yield Item(f"{dead_letter.identity.rpartition(':')[2]}:{found}", dead_letter)
        except SourceError:
            report.missing += max(0, (span.count or 0) - found)
            raise
        report.missing += max(0, (span.count or 0) - found)

    def _is_fresh(self, dead_letter: DeadLetter, already: Container[str], report: Report) -> bool:
        tally = report.of(dead_letter.reason)
        report.selected += 1
        tally.selected += 1
        fresh = False
        if dead_letter.identity in already:
            report.already += 1
            tally.already += 1
        elif dead_letter.identity in self._seen:
            report.repeated += 1
        elif dead_letter.data is None:
            report.unusable += 1
        else:
            fresh = True
        self._seen.add(dead_letter.identity)
        return fresh

    def _put(self, source: str, chunk: list[DeadLetter], report: Report) -> None:
        outcome = self.stream.put(chunk)
        for dead_letter in chunk:
            if dead_letter.identity in outcome.accepted:
                report.replays(dead_letter)
        for identity, cause in outcome.refused.items():
            report.cannot_put(source, f"{identity}: {cause}")
        if outcome.accepted:
            self.replay_log.record(source, outcome.accepted)
        if outcome.failure is not None:
            raise ServiceError(outcome.failure)


def chunks(dead_letters: Iterable[DeadLetter]) -> Iterator[list[DeadLetter]]:
    """Yield the dead letters in order, in groups that fit into one call to the stream."""
    chunk: list[DeadLetter] = []
    size = 0
    for dead_letter in dead_letters:
        weight = len(dead_letter.data or b"") + len(dead_letter.partition_key.encode())
        if chunk and (len(chunk) == MOST_RECORDS or size + weight > MOST_BYTES):
            yield chunk
            chunk, size = [], 0
        chunk.append(dead_letter)
        size += weight
    if chunk:
        yield chunk
