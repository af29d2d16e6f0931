"""One start, stop or repair of a workspace's embedded AWS at a time."""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from collections.abc import Callable, Iterator

from catalog_platform.errors import PlatformError
from catalog_platform.local.layout import Layout

LOCK_SECONDS = 120.0


@contextlib.contextmanager
def held(layout: Layout, on_progress: Callable[[str], None]) -> Iterator[None]:
    """Wait for the lock and hold it. Raises `PlatformError` when that takes too long.

    The folder itself is locked: no file is left behind, and the system drops the lock when its
    holder dies.
    """
    layout.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(layout.home, os.O_RDONLY)
    try:
        deadline = time.monotonic() + LOCK_SECONDS
        told = False
        while not _try(descriptor):
            if not told:
                on_progress("another command starts or stops the embedded AWS here; waiting")
                told = True
            if time.monotonic() > deadline:
                raise PlatformError(
                    f"{layout.home} is held by another command for over {LOCK_SECONDS:g} s",
                    hint="end the other catalogctl first",
                )
            time.sleep(0.1)
        yield
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def attempted(layout: Layout) -> Iterator[bool]:
    """Hold the lock if nobody else does; False when somebody does, or the folder is gone."""
    try:
        descriptor = os.open(layout.home, os.O_RDONLY)
    except FileNotFoundError:
        yield False
        return
    try:
        yield _try(descriptor)
    finally:
        os.close(descriptor)


def _try(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
