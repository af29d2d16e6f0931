"""Files with results of earlier runs, kept under the digest of all that they depend on.

Each file starts with the digest of its content: a file that is incomplete or damaged is never used.
Files are written under another name and then renamed, so that processes can share a folder and be
killed at any time.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import platform
import sys
import tempfile
import zlib
from collections.abc import Mapping
from pathlib import Path

from catalog_platform import folders

MAXIMUM_BYTES = 64 * 1024 * 1024


class ContentCache:
    """Files below `folder`, whose names end in `suffix`; `parts` are what all of them depend on.

    With `pinned`, they are made with the packages that the version pins, otherwise with those of
    this program.
    """

    def __init__(self, folder: Path, suffix: str, *parts: str, pinned: bool = False) -> None:
        self._folder = folder
        self._suffix = suffix
        packages = ["pinned"] if pinned else _installed(tuple(sys.path))
        every = (*parts, platform.python_version(), platform.machine(), *packages)
        self._key = hashlib.sha256("\0".join(every).encode()).hexdigest()

    def read(self, name: str) -> bytes | None:
        """Return the content that is kept under a name, if any."""
        path = self._path(name)
        try:
            found = unpacked(path.read_bytes())
            os.utime(path)
        except (OSError, ValueError):
            return None
        return found

    def write(self, name: str, content: bytes) -> None:
        """Keep a content; see `write_all`."""
        self.write_all({name: content})

    def write_all(self, contents: Mapping[str, bytes]) -> None:
        """Keep contents, and remove those that were not used for longest above `MAXIMUM_BYTES`.

        A folder that can't be written keeps nothing.
        """
        with contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            for name, content in contents.items():
                packed = zlib.compress(content)
                stated = hashlib.sha256(packed).hexdigest().encode()
                with tempfile.NamedTemporaryFile(dir=self._folder, delete=False) as file:
                    file.write(stated + b"\n" + packed)
                Path(file.name).replace(self._path(name))
            folders.remove_oldest(self._folder, MAXIMUM_BYTES)

    def _path(self, name: str) -> Path:
        key = hashlib.sha256(f"{self._key}/{name}".encode()).hexdigest()
        return self._folder / f"{key}{self._suffix}"


def unpacked(file: bytes) -> bytes:
    """Return the content of a file of a cache. Raises `ValueError` if it is damaged."""
    stated, _, content = file.partition(b"\n")
    if hashlib.sha256(content).hexdigest().encode() != stated:
        raise ValueError("the digest does not match the content")
    try:
        return zlib.decompress(content)
    except zlib.error as error:
        raise ValueError(f"the content is not compressed: {error}") from error


@functools.cache
def _installed(folders: tuple[str, ...]) -> list[str]:
    """Return name and version of every distribution in the folders of Python's path.

    Both are in the name of its folder. Reading them from its metadata takes 0.3 seconds. They are
    listed once, because this process doesn't load packages that are installed later.
    """
    return sorted({each.name for folder in folders for each in Path(folder).glob("*.dist-info")})
