"""Whether there is room for what the embedded AWS writes."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

from catalog_platform.errors import ToolError

PROBE_BYTES = 64 * 1024
FULL = (errno.ENOSPC, errno.EDQUOT)


def is_full(folder: Path) -> bool:
    """Whether a small file cannot be written in a folder; quotas and reserved blocks count."""
    try:
        with tempfile.TemporaryFile(dir=folder, buffering=0) as probe:
            probe.write(b"\0" * PROBE_BYTES)
            return probe.tell() < PROBE_BYTES
    except OSError as error:
        return error.errno in FULL


def says_full(error: BaseException) -> bool:
    """Whether an error, or the log of a server that is quoted in it, says that the disk is full."""
    if isinstance(error, ToolError):
        return any(os.strerror(number) in error.tail for number in FULL)
    return isinstance(error, OSError) and error.errno in FULL
