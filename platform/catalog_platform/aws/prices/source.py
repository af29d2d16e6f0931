"""Open AWS's price list files, from AWS or from a folder with copies of them.

AWS publishes them without credentials:
https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-the-aws-price-list-bulk-api-fetching-price-list-files-manually.html
"""

from __future__ import annotations

import contextlib
import http.client
import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, Protocol

from catalog_platform.aws.prices.price import PRICE_LISTS
from catalog_platform.errors import PlatformError, UsageError

TIMEOUT_SECONDS = 60
# The region indexes of AWS have less than 100 KB.
LARGEST_INDEX = 4 * 1024 * 1024
LONGEST_LINE = 256 * 1024


class Source(Protocol):
    """Where price list files are read from."""

    def open(self, path: str) -> contextlib.AbstractContextManager[Iterator[str]]:
        """Open the file at a path such as `/offers/v1.0/aws/…` as lines.

        Raises `PlatformError` when it is missing or ends early.
        """
        ...


class Folder:
    """A folder with the paths of AWS's price list files."""

    def __init__(self, root: Path) -> None:
        self._root = root

    @contextlib.contextmanager
    def open(self, path: str) -> Iterator[Iterator[str]]:
        """Open a file below the folder."""
        file = self._root / path.lstrip("/")
        if not file.resolve().is_relative_to(self._root.resolve()):
            raise PlatformError(f"{path}: is outside of {self._root}")
        try:
            with file.open("rb") as stream:
                yield _lines(stream, str(file), file.stat().st_size)
        except OSError as error:
            raise PlatformError(
                f"{file}: can't be read: {error.strerror or error}",
                hint=f"the folder needs the paths of {PRICE_LISTS}",
            ) from error


class Web:
    """AWS, or a server with the same paths."""

    def __init__(self, address: str) -> None:
        self._address = address.rstrip("/")

    @contextlib.contextmanager
    def open(self, path: str) -> Iterator[Iterator[str]]:
        """Open a file of the server."""
        url = f"{self._address}{path}"
        try:
            # Not a file: `source_of` accepts addresses that begin with https:// only.
            with urllib.request.urlopen(url, timeout=TIMEOUT_SECONDS) as stream:  # noqa: S310
                size = stream.headers.get("Content-Length")
                yield _lines(stream, url, int(size) if size and size.isdigit() else None)
        except (OSError, http.client.HTTPException) as error:
            raise PlatformError(f"{url}: can't be read: {error}") from error


def source_of(text: str) -> Source:
    """Return the source that a command line names. Raises `UsageError` for neither kind."""
    if text.startswith("https://"):
        return Web(text)
    hint = f"name a folder, or a URL such as {PRICE_LISTS}"
    if "://" in text:
        raise UsageError(f"{text}: prices are read over HTTPS only", hint=hint)
    if not Path(text).is_dir():
        raise UsageError(f"{text}: is not a folder", hint=hint)
    return Folder(Path(text))


def read_index(source: Source, path: str) -> Any:
    """Return the JSON of a small file. Raises `PlatformError` when it is too large or no JSON."""
    text, size = [], 0
    with source.open(path) as lines:
        for line in lines:
            size += len(line)
            if size > LARGEST_INDEX:
                raise PlatformError(f"{path}: has more than {LARGEST_INDEX} characters")
            text.append(line)
    try:
        return json.loads("".join(text))
    except (ValueError, RecursionError) as error:
        raise PlatformError(f"{path}: is not JSON: {error}") from error


def _lines(stream: IO[bytes], name: str, size: int | None) -> Iterator[str]:
    """Yield the lines, one in memory at a time. `size` is the number of bytes to expect."""
    seen = number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        seen, number = seen + len(line), number + 1
        if len(line) > LONGEST_LINE:
            raise PlatformError(f"{name}:{number}: the line is longer than {LONGEST_LINE} bytes")
        try:
            yield line.decode("utf-8")
        except UnicodeDecodeError as error:
            raise PlatformError(f"{name}:{number}: is not UTF-8: {error.reason}") from error
    if size is not None and seen != size:
        raise PlatformError(f"{name}: ends after {seen} of {size} bytes")
