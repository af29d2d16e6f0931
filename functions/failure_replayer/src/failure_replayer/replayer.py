"""The order of things: read, select, put on the stream, record; source by source."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from failure_replayer.letters import Letter, LetterError, Range, read
from failure_replayer.ports import EffectError, Ledger, Letters, Stream
from failure_replayer.request import Report, Request

# https://docs.aws.amazon.com/kinesis/latest/APIReference/API_PutRecords.html
MOST_RECORDS = 500
MOST_BYTES = 4_500_000


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
    _seen: set[str] = field(default_factory=set)

    def run(self, request: Request) -> Report:
        """Do what is asked as far as time allows; `cursor` says where to go on.

        Never raises because of the bucket or the stream: the report says what was done before.
        """
        report, self._seen = Report(request.dry_run), set()
        cursor = request.cursor
        try:
            for number, source in enumerate(self._sources(request)):
                if number and not self.in_time():
                    report.cursor = cursor
                    break
                self._replay(request, source, report)
                cursor = source
        except EffectError as error:
            report.failure = str(error)
        return report

    def _sources(self, request: Request) -> Iterator[str]:
        """Objects in the bucket, or the one shard that is read again."""
        if request.span is None:
            yield from self.letters.keys(request.since, request.until, request.cursor)
        elif not request.cursor:
            yield f"stream/{request.span.shard_id}"

    def _replay(self, request: Request, source: str, report: Report) -> None:
        try:
            found = self._found(request, source, report)
        except LetterError as error:
            report.cannot_read(source, str(error))
            return
        report.objects += 1
        report.found += len(found)
        selected = [letter for letter in found if request.selects(letter)]
        if not selected:
            return
        fresh = self._fresh(selected, self.ledger.replayed(source), report)
        if request.dry_run:
            for letter in fresh:
                report.replays(letter)
            return
        for chunk in chunks(fresh):
            self._put(source, chunk, report)

    def _found(self, request: Request, source: str, report: Report) -> list[Letter]:
        span = request.range()
        if span is not None:
            return list(self.stream.read(span))
        letters, ranges = read(source, self.letters.read(source))
        found = list(letters)
        for each in ranges:
            if request.names(each.reason):
                found += self._read_again(each, report)
        return found

    def _read_again(self, span: Range, report: Report) -> list[Letter]:
        found = list(self.stream.read(span))
        report.missing += max(0, (span.count or 0) - len(found))
        return found

    def _fresh(self, selected: Sequence[Letter], already: set[str], report: Report) -> list[Letter]:
        """The letters to put: neither in the ledger, nor seen in this run, nor without payload."""
        fresh = []
        for letter in selected:
            tally = report.of(letter.reason)
            report.selected += 1
            tally.selected += 1
            if letter.identity in already:
                report.already += 1
                tally.already += 1
            elif letter.identity in self._seen:
                report.repeated += 1
            elif letter.data is None:
                report.unusable += 1
            else:
                fresh.append(letter)
            self._seen.add(letter.identity)
        return fresh

    def _put(self, source: str, chunk: Sequence[Letter], report: Report) -> None:
        accepted = self.stream.put(chunk)
        for letter in chunk:
            if letter.identity in accepted:
                report.replays(letter)
        if accepted:
            self.ledger.record(source, accepted)
        if len(accepted) < len(chunk):
            refused = len(chunk) - len(accepted)
            raise EffectError(f"the stream did not take {refused} of {len(chunk)} records")


def chunks(letters: Sequence[Letter]) -> Iterator[list[Letter]]:
    """The letters in their order, in portions that one call to the stream takes."""
    chunk: list[Letter] = []
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
