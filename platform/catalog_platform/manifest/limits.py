"""The last line of defence: how long checking one environment may take, and how much memory.

What is read, nested, rendered and reported is bounded by itself, the same on every machine; these
limits hold even if one of those bounds should ever be forgotten.
"""

from __future__ import annotations

import contextlib
import resource
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

CPU_SECONDS = 5.0
WALL_SECONDS = 30.0
MEMORY_BYTES = 512 * 1024 * 1024
STATUS = Path("/proc/self/statm")


class LimitExceededError(Exception):
    """An environment took more than there is; the message says of what."""


@contextlib.contextmanager
def bounded(
    *, cpu: float = CPU_SECONDS, wall: float = WALL_SECONDS, memory: int = MEMORY_BYTES
) -> Iterator[None]:
    """Stop the block after so many seconds, or when it allocates more than `memory` bytes.

    Raises `LimitExceededError`. Time is watched in the main thread only, which is the only one that
    can be interrupted; memory only where the kernel tells how much is in use.
    """
    with _memory(memory), _time(cpu, wall):
        try:
            yield
        except MemoryError as error:
            message = f"more than {memory // 1024**2} MiB of memory"
            raise LimitExceededError(message) from error
        except RecursionError as error:
            raise LimitExceededError("more nesting than can be followed") from error


@contextlib.contextmanager
def _time(cpu: float, wall: float) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, _frame: object) -> None:
        seconds, what = (cpu, "of CPU time") if number == signal.SIGPROF else (wall, "")
        raise LimitExceededError(f"more than {seconds:g} s {what}".strip())

    watched = (
        (signal.SIGPROF, signal.ITIMER_PROF, cpu),
        (signal.SIGALRM, signal.ITIMER_REAL, wall),
    )
    before = [signal.signal(number, stop) for number, _, _ in watched]
    try:
        for _, timer, seconds in watched:
            signal.setitimer(timer, seconds)
        yield
    finally:
        for (number, timer, _), handler in zip(watched, before, strict=True):
            signal.setitimer(timer, 0)
            signal.signal(number, handler)


@contextlib.contextmanager
def _memory(most: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    try:
        in_use = int(STATUS.read_text().split()[0]) * resource.getpagesize()
        wanted = min(limit for limit in (in_use + most, soft, hard) if limit >= 0)
        resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    except (OSError, ValueError):
        yield
        return
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
