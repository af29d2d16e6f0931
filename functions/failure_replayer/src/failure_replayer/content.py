"""Parsing of objects in the dead-letter bucket, in both formats."""

from __future__ import annotations

from collections.abc import Iterator

from failure_replayer import failed_batches, malformed
from failure_replayer.dead_letters import MALFORMED, DeadLetterError, Item
from failure_replayer.limits import BrokenGzipError


def read(key: str, content: bytes, after: str = "") -> Iterator[Item]:
    """Yield the dead letters, stream ranges and flaws of an object that follow a position.

    Raises `DeadLetterError` or `TooLargeError` before the first item.
    """
    done = int(after.partition(":")[0] or 0)
    try:
        if key.startswith(MALFORMED):
            yield from malformed.read(content, done)
        else:
            yield from failed_batches.read(content, done, after)
    except BrokenGzipError as error:
        raise DeadLetterError(str(error)) from None
