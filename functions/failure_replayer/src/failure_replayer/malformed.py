"""Parsing of the objects that the inventory processor writes: one JSON line per refused record."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import IO, Annotated

import msgspec

from failure_replayer.dead_letters import (
    DeadLetter,
    DeadLetterError,
    Flaw,
    Item,
    PartitionKey,
    Reason,
    Sequence,
    Shard,
    in_utc,
    payload,
)
from failure_replayer.limits import (
    LARGEST_LINE_BYTES,
    LARGEST_LINES_BYTES,
    MOST_LINES,
    TooLargeError,
    check,
    unpacked,
)


class _Line(msgspec.Struct, frozen=True):
    sequence_number: Sequence
    shard_id: Shard
    arrived_at: Annotated[datetime, msgspec.Meta(tz=True)]
    reason: Reason
    partition_key: PartitionKey
    payload_base64: str
    sub_sequence_number: Annotated[int, msgspec.Meta(ge=0, lt=10**9)] | None = None


_LINES = msgspec.json.Decoder(_Line)


def read(content: bytes, after: int) -> Iterator[Item]:
    """Yield the dead letters after the first `after` lines; an invalid line becomes a `Flaw`.

    Raises `TooLargeError` or `BrokenGzipError` before the first item.
    """
    check(content, LARGEST_LINES_BYTES, MOST_LINES)
    for number, line in enumerate(_lines(unpacked(content)), start=1):
        # Blank lines are skipped; lines up to `after` are done.
        if number > after and (line is None or line.strip()):
            yield Item(str(number), _found(number, line))


def _lines(file: IO[bytes]) -> Iterator[bytes | None]:
    """Yield each line, or None for one longer than any that the processor writes."""
    while line := file.readline(LARGEST_LINE_BYTES + 1):
        if len(line) <= LARGEST_LINE_BYTES or line.endswith(b"\n"):
            yield line
            continue
        del line
        while (rest := file.readline(LARGEST_LINE_BYTES)) and not rest.endswith(b"\n"):
            pass
        yield None


def _found(number: int, line: bytes | None) -> DeadLetter | Flaw:
    if line is None:
        return Flaw(f"{TooLargeError(f'line {number} has more than {LARGEST_LINE_BYTES} bytes')}")
    try:
        return _dead_letter(line)
    except msgspec.ValidationError as error:
        return Flaw(f"line {number}: not a dead letter: {error}")
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return Flaw(f"line {number}: not JSON in UTF-8")
    except DeadLetterError as error:
        return Flaw(f"line {number}: {error}")


def _dead_letter(text: bytes) -> DeadLetter:
    line = _LINES.decode(text)
    identity = f"{line.shard_id}:{line.sequence_number}"
    if line.sub_sequence_number is not None:
        identity += f":{line.sub_sequence_number}"
    return DeadLetter(
        identity,
        line.reason,
        in_utc(line.arrived_at),
        line.partition_key,
        payload(line.payload_base64),
    )
