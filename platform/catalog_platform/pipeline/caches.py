"""The caches below a repository's build folder: what they hold, and how to empty them.

`stacks`, `scans` and `verdicts` hold files of a `ContentCache`, whose time is that of their last
use. `bundles` and `environments` hold a folder per bundle and per set of pinned packages; making
them again needs the package index.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from catalog_platform import folders
from catalog_platform.content_cache import unpacked

RESULTS = ("stacks", "scans", "verdicts")
# The depth of the folders that are entries.
INSTALLED = {"bundles": 2, "environments": 1}
REMOVED = ".removed-"


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheContent:
    """What a cache holds; times of use are in seconds since 1970, None if they are unknown.

    `damaged` entries are not used, and are replaced when their content is needed again.
    """

    name: str
    entries: int
    bytes: int
    damaged: int = 0
    oldest_use: float | None = None
    newest_use: float | None = None


def contents(build: Path) -> list[CacheContent]:
    """Return what each cache holds. Raises `OSError` for a folder that cannot be listed."""
    results = [_results(build, name) for name in RESULTS]
    return results + [_installed(build, name) for name in INSTALLED]


def clear(build: Path, *, everything: bool = False) -> list[CacheContent]:
    """Remove results of earlier runs, with `everything` also what was installed; return it.

    Other commands may run meanwhile, except with `everything`. Raises `OSError` for an entry that
    cannot be removed.
    """
    removed = [each for each in contents(build) if everything or each.name in RESULTS]
    for name in RESULTS:
        for path in _files(build / name):
            path.unlink(missing_ok=True)
    for name in INSTALLED if everything else ():
        for path in _entries(build, name):
            _remove(path)
    return removed


def _results(build: Path, name: str) -> CacheContent:
    sizes: list[int] = []
    times: list[float] = []
    damaged = 0
    for path in _files(build / name):
        # Another process may remove it meanwhile.
        with contextlib.suppress(FileNotFoundError):
            content, time = path.read_bytes(), path.stat().st_mtime
            sizes.append(len(content))
            times.append(time)
            damaged += not _is_valid(content)
    return CacheContent(
        name=name,
        entries=len(sizes),
        bytes=sum(sizes),
        damaged=damaged,
        oldest_use=min(times, default=None),
        newest_use=max(times, default=None),
    )


def _is_valid(content: bytes) -> bool:
    try:
        unpacked(content)
    except ValueError:
        return False
    return True


def _files(folder: Path) -> list[Path]:
    """Return the files of a cache, those of killed processes among them."""
    return folders.files_below(folder) if folder.is_dir() else []


def _installed(build: Path, name: str) -> CacheContent:
    entries = list(_entries(build, name))
    size = 0
    for path in (path for entry in entries for path in folders.files_below(entry)):
        with contextlib.suppress(FileNotFoundError):
            size += path.lstat().st_size
    return CacheContent(name=name, entries=len(entries), bytes=size)


def _entries(build: Path, name: str) -> Iterator[Path]:
    """Yield the complete folders of a cache. Those with a dot are being made or removed."""
    for path in sorted((build / name).glob("/".join("*" * INSTALLED[name]))):
        if path.is_dir() and not path.name.startswith("."):
            yield path


def _remove(folder: Path) -> None:
    """Remove a folder. If that is interrupted, no part of it stays under its name."""
    for left in folder.parent.glob(f"{REMOVED}*"):
        shutil.rmtree(left)
    doomed = tempfile.mkdtemp(prefix=REMOVED, dir=folder.parent)
    os.replace(folder, doomed)  # noqa: PTH105 - replaces the empty folder
    shutil.rmtree(doomed)
