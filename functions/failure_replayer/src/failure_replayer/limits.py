"""Limits on what the replayer reads, so that its memory and time are bounded.

README.md explains the figures.
"""

from __future__ import annotations

import gzip
import io
import zlib
from typing import IO

MIB = 2**20
# An object as stored in the bucket, held in memory as a whole.
LARGEST_OBJECT_BYTES = 32 * MIB
# Lines of malformed records, unpacked and read one by one.
LARGEST_LINES_BYTES = 512 * MIB
MOST_LINES = 1_200_000
LARGEST_LINE_BYTES = 8 * MIB
# A batch that Lambda discarded: at most 6 MiB of JSON, as a string in a JSON document.
LARGEST_DOCUMENT_BYTES = 20 * MIB
MOST_BATCH_RECORDS = 10_000
# A replay record covers at most 500 dead letters.
LARGEST_ENTRY_BYTES = 2 * MIB
MOST_ENTRIES = 5_000

GZIP_MAGIC = b"\x1f\x8b"
_PIECE_BYTES = MIB


class TooLargeError(Exception):
    """Content exceeds a limit of the replayer; the message names the limit."""

    def __init__(self, what: str) -> None:
        super().__init__(f"too-large: {what}")


class BrokenGzipError(Exception):
    """Gzip content is damaged or truncated."""


def unpacked(content: bytes) -> IO[bytes]:
    """Return the content as a file; gzip content is decompressed while it is read.

    Reading damaged gzip raises `OSError`, `EOFError` or `zlib.error`.
    """
    plain = io.BytesIO(content)
    return gzip.GzipFile(fileobj=plain) if content[:2] == GZIP_MAGIC else plain  # type: ignore[return-value]


def check(content: bytes, most_bytes: int, most_lines: int | None = None) -> None:
    """Read the content once in pieces and check its limits before it is parsed.

    Raises `TooLargeError`, `BrokenGzipError`.
    """
    size = lines = 0
    file = unpacked(content)
    try:
        while piece := file.read(_PIECE_BYTES):
            size += len(piece)
            lines += piece.count(b"\n") if most_lines is not None else 0
            if size > most_bytes:
                raise TooLargeError(f"more than {most_bytes} bytes unpacked")
            if most_lines is not None and lines > most_lines:
                raise TooLargeError(f"more than {most_lines} lines")
    except (OSError, EOFError, zlib.error) as error:
        raise BrokenGzipError(f"not gzip: {error}") from None
