"""Files with results about earlier versions, kept under the digest of all that they depend on.

Each file starts with the digest of its content: a file that is incomplete or damaged is never used.
Files are written under another name and then renamed, so that processes can share a folder and be
killed at any time.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import sys
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path

MAXIMUM_BYTES = 64 * 1024 * 1024


class ContentCache:
    """Files below `folder`, whose names end in `suffix`; `parts` are what all of them depend on.

    With `pinned`, they are made with the packages that the version pins, otherwise with those of
    this program.
    """

    def __init__(self, folder: Path, suffix: str, *parts: str, pinned: bool = False) -> None:
        self._folder = folder
        self._suffix = suffix
        packages = ["pinned"] if pinned else _installed()
        every = (*parts, platform.python_version(), platform.machine(), *packages)
        self._key = hashlib.sha256("\0".join(every).encode()).hexdigest()

    def read(self, name: str) -> bytes | None:
        """Return the content that is kept under a name, if any."""
        path = self._path(name)
        try:
            stated, _, content = path.read_bytes().partition(b"\n")
            if hashlib.sha256(content).hexdigest().encode() != stated:
                return None
            found = zlib.decompress(content)
            os.utime(path)
        except (OSError, zlib.error):
            return None
        return found

    def write(self, name: str, content: bytes) -> None:
        """Keep a content, and remove those that were not used for longest above `MAXIMUM_BYTES`.

        A folder that can't be written keeps nothing.
        """
        packed = zlib.compress(content)
        stated = hashlib.sha256(packed).hexdigest().encode()
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as file:
                file.write(stated + b"\n" + packed)
            Path(file.name).replace(self._path(name))
            self._limit()

    def _path(self, name: str) -> Path:
        key = hashlib.sha256(f"{self._key}/{name}".encode()).hexdigest()
        return self._folder / f"{key}{self._suffix}"

    def _limit(self) -> None:
        """Remove the oldest files, those of killed processes among them."""
        left = MAXIMUM_BYTES
        for _, size, path in sorted(self._files(), reverse=True):
            left -= size
            if left < 0:
                path.unlink(missing_ok=True)

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        for path in self._folder.iterdir():
            # Another process may have removed it.
            with contextlib.suppress(FileNotFoundError):
                status = path.stat()
                yield status.st_mtime, status.st_size, path


def _installed() -> list[str]:
    """Return name and version of every installed distribution: the CDK and what it uses.

    Both are in the name of its folder. Reading them from its metadata takes 0.3 seconds.
    """
    return sorted({each.name for folder in sys.path for each in Path(folder).glob("*.dist-info")})
