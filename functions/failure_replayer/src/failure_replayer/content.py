"""Reads an object of the dead-letter bucket, whichever of the two writers it is from."""

from __future__ import annotations

from collections.abc import Iterator

from failure_replayer import given_up, malformed
from failure_replayer.dead_letters import MALFORMED, DeadLetterError, Item
from failure_replayer.limits import BrokenGzipError


def read(key: str, content: bytes, after: str = "") -> Iterator[Item]:
    """The letters in an object behind a position, ranges to read from the stream, and flaws.

    Raises `DeadLetterError`, `TooLargeError`, each before the first item.
    """
    done = int(after.partition(":")[0] or 0)
    try:
        if key.startswith(MALFORMED):
            yield from malformed.read(content, done)
        else:
            yield from given_up.read(content, done, after)
    except BrokenGzipError as error:
        raise DeadLetterError(str(error)) from None
