"""Scans of earlier bases, so that a second comparison on the same day scans only the working tree.

The day is part of the key, because the base's waivers expire: a scan of yesterday is not used.
"""

from __future__ import annotations

import datetime
from pathlib import Path

import msgspec

from catalog_platform.content_cache import ContentCache
from catalog_platform.pipeline.compared_versions import POLICIES
from catalog_platform.pipeline.planning.base_version import inputs
from catalog_platform.versions.files import CommitFiles

# Part of every key. Raise it when the content of a file changes.
FORMAT = "1"
SUFFIX = ".scan"


class KeptScan(msgspec.Struct, frozen=True):
    """The JSON of a scan, and the digest of the environment's part of the assembly."""

    digest: str
    report: str


class ScanCache:
    """The scans of one version of the repository on one day, below `folder`."""

    def __init__(
        self,
        folder: Path,
        files: CommitFiles,
        day: datetime.date,
        *,
        pinned: bool = False,
    ) -> None:
        """Take all files of the commit that its scan depends on.

        Raises `PlatformError` for a commit with submodules.
        """
        parts = (FORMAT, inputs(files), files.below(POLICIES), str(day))
        self._files = ContentCache(folder, SUFFIX, *parts, pinned=pinned)

    def read(self, name: str) -> KeptScan | None:
        """Return the scan of an environment, if kept."""
        content = self._files.read(name)
        if content is None:
            return None
        try:
            return msgspec.json.decode(content, type=KeptScan)
        except msgspec.DecodeError:
            return None

    def write(self, name: str, scan: KeptScan) -> None:
        """Keep a scan, if the folder can be written."""
        self._files.write(name, msgspec.json.encode(scan))
