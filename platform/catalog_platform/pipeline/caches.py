"""The caches of a repository and its user: what they hold, and how to empty them.

`resolved`, `stacks`, `scans` and `verdicts` hold files of a `ContentCache`, whose time is that of
their last use. `bundles`, and `user-bundles` outside of the repository, hold the bundles of
functions, and `environments` a folder per set of pinned packages; making them again needs the
package index.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from catalog_platform import bundle, folders
from catalog_platform.content_cache import unpacked
from catalog_platform.packaging import user_bundles

RESULTS = ("resolved", "stacks", "scans", "verdicts")
BUNDLES = ("bundles", "user-bundles")
ENVIRONMENTS = "environments"
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
    return [
        *(_files_of(name, _files(build / name), _is_valid) for name in RESULTS),
        *(_files_of(name, _bundles(build, name), bundle.is_intact) for name in BUNDLES),
        _environments(build),
    ]


def clear(build: Path, *, everything: bool = False) -> list[CacheContent]:
    """Remove results of earlier runs, with `everything` also what was installed; return it.

    Other commands may run meanwhile, except with `everything`. Raises `OSError` for an entry that
    cannot be removed.
    """
    removed = [each for each in contents(build) if everything or each.name in RESULTS]
    for name in RESULTS:
        for path in _files(build / name):
            path.unlink(missing_ok=True)
    if everything:
        for path in (path for name in BUNDLES for path in _bundles(build, name)):
            path.unlink(missing_ok=True)
        for path in _folders(build):
            _remove(path)
    return removed


def _files_of(name: str, paths: list[Path], is_valid: Callable[[Path], bool]) -> CacheContent:
    sizes: list[int] = []
    times: list[float] = []
    damaged = 0
    for path in paths:
        # Another process may remove it meanwhile.
        with contextlib.suppress(FileNotFoundError):
            found = path.stat()
            damaged += not is_valid(path)
            sizes.append(found.st_size)
            times.append(found.st_mtime)
    return CacheContent(
        name=name,
        entries=len(sizes),
        bytes=sum(sizes),
        damaged=damaged,
        oldest_use=min(times, default=None),
        newest_use=max(times, default=None),
    )


def _is_valid(path: Path) -> bool:
    try:
        unpacked(path.read_bytes())
    except ValueError:
        return False
    return True


def _files(folder: Path) -> list[Path]:
    """Return the files of a cache, those of killed processes among them."""
    return folders.files_below(folder) if folder.is_dir() else []


def _bundles(build: Path, name: str) -> list[Path]:
    """Return the files of the bundles. In the build folder, those with a dot are being made."""
    if name == "user-bundles":
        return _files(user_bundles.folder())
    return [each for each in (build / name).glob("*/*.zip") if not each.name.startswith(".")]


def _environments(build: Path) -> CacheContent:
    entries = [each for each in _folders(build) if each.parent.name == ENVIRONMENTS]
    size = 0
    for path in (path for entry in entries for path in folders.files_below(entry)):
        with contextlib.suppress(FileNotFoundError):
            size += path.lstat().st_size
    return CacheContent(name=ENVIRONMENTS, entries=len(entries), bytes=size)


def _folders(build: Path) -> list[Path]:
    """Return the folders of pinned packages, and of bundles that earlier versions have built.

    Those with a dot are being made or removed.
    """
    found = [*build.glob(f"{ENVIRONMENTS}/*/"), *build.glob("bundles/*/*/")]
    return sorted(path for path in found if path.is_dir() and not path.name.startswith("."))


def _remove(folder: Path) -> None:
    """Remove a folder. If that is interrupted, no part of it stays under its name."""
    for left in folder.parent.glob(f"{REMOVED}*"):
        shutil.rmtree(left)
    doomed = tempfile.mkdtemp(prefix=REMOVED, dir=folder.parent)
    os.replace(folder, doomed)  # noqa: PTH105 - replaces the empty folder
    shutil.rmtree(doomed)
