"""A lock that allows one start, stop or restart of an embedded AWS at a time."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator

from embedded_aws.errors import EmbeddedAwsError
from embedded_aws.servers.layout import Layout

LOCK_SECONDS = 120.0


@contextlib.contextmanager
def held(layout: Layout, on_progress: Callable[[str], None]) -> Iterator[None]:
    """Wait for the lock and hold it. Raises `EmbeddedAwsError` after `LOCK_SECONDS`.

    The folder itself is locked: there is no lock file to clean up, and the kernel releases the lock
    when the process ends.
    """
    layout.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(layout.home, os.O_RDONLY)
    try:
        deadline = time.monotonic() + LOCK_SECONDS
        is_reported = False
        while not _try_lock(descriptor):
            if not is_reported:
                on_progress("waiting for another command that starts or stops this embedded AWS")
                is_reported = True
            if time.monotonic() > deadline:
                raise EmbeddedAwsError(
                    f"{layout.home} has been locked by another command for over {LOCK_SECONDS:g} s",
                    hint="wait for the other command, or end it",
                )
            time.sleep(0.1)
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def attempted(layout: Layout) -> Iterator[bool]:
    """Hold the lock if it is free; yield False when it is taken or the folder does not exist."""
    try:
        descriptor = os.open(layout.home, os.O_RDONLY)
    except FileNotFoundError:
        yield False
        return
    try:
        yield _try_lock(descriptor)
    finally:
        os.close(descriptor)


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
