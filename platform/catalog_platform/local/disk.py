"""Detect a full disk."""

from __future__ import annotations

import errno
import tempfile
from pathlib import Path

PROBE_BYTES = 64 * 1024
FULL = (errno.ENOSPC, errno.EDQUOT)


def is_full(folder: Path) -> bool:
    """Return whether writing a small file fails; quotas and reserved blocks count."""
    try:
        with tempfile.TemporaryFile(dir=folder, buffering=0) as probe:
            probe.write(b"\0" * PROBE_BYTES)
            return probe.tell() < PROBE_BYTES
    except OSError as error:
        return error.errno in FULL
