"""Detect a full disk."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

from embedded_aws.errors import ProgramError

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


def is_disk_full_error(error: BaseException) -> bool:
    """Return whether an error, or the server log quoted in it, reports a full disk."""
    if isinstance(error, ProgramError):
        return any(os.strerror(number) in error.log for number in FULL)
    return isinstance(error, OSError) and error.errno in FULL
