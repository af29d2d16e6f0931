"""Limits of time and memory for checking one environment.

Reading, nesting, rendering and reporting have their own limits, which are the same on every
machine. These limits apply in addition, in case one of those is missing.
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
    """A limit was exceeded; the message names it."""


@contextlib.contextmanager
def limited(
    *, cpu: float = CPU_SECONDS, wall: float = WALL_SECONDS, memory: int = MEMORY_BYTES
) -> Iterator[None]:
    """Stop the block when it takes too many seconds or allocates more than `memory` bytes.

    Raises `LimitExceededError`. Time limits apply in the main thread only, because Python delivers
    signals to it alone; the memory limit applies only where /proc reports the memory in use.
    """
    with _MEMORY.lowered(memory), _time(cpu, wall):
        try:
            yield
        except MemoryError as error:
            message = f"more than {memory // 1024**2} MiB of memory"
            raise LimitExceededError(message) from error
        except RecursionError as error:
            raise LimitExceededError("more levels of nesting than can be processed") from error


@contextlib.contextmanager
def _time(cpu: float, wall: float) -> Iterator[None]:
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(number: int, _frame: object) -> None:
        seconds, what = (cpu, "of CPU time") if number == signal.SIGPROF else (wall, "")
        raise LimitExceededError(f"more than {seconds:g} s {what}".strip())

    timers = (
        (signal.SIGPROF, signal.ITIMER_PROF, cpu),
        (signal.SIGALRM, signal.ITIMER_REAL, wall),
    )
    before = [signal.signal(number, stop) for number, _, _ in timers]
    try:
        for _, timer, seconds in timers:
            signal.setitimer(timer, seconds)
        yield
    finally:
        for (number, timer, _), handler in zip(timers, before, strict=True):
            signal.setitimer(timer, 0)
            signal.signal(number, handler)


class _MemoryLimit:
    """The process's limit of memory while blocks of any threads are limited.

    The limit is that of the whole process. The last block to end restores what was there before the
    first one; if each restored what it found, one of two blocks that overlap would keep the limit.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._blocks = 0
        self._before = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)

    @contextlib.contextmanager
    def lowered(self, allowance: int) -> Iterator[None]:
        """Let the process allocate at most `allowance` bytes more, where /proc says how many."""
        with self._lock:
            if not self._blocks:
                self._before = resource.getrlimit(resource.RLIMIT_AS)
            self._blocks += 1
            self._lower(allowance)
        try:
            yield
        finally:
            with self._lock:
                self._blocks -= 1
                if not self._blocks:
                    resource.setrlimit(resource.RLIMIT_AS, self._before)

    def _lower(self, allowance: int) -> None:
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        with contextlib.suppress(OSError, ValueError):
            in_use = int(STATUS.read_text().split()[0]) * resource.getpagesize()
            limit = min(each for each in (in_use + allowance, soft, hard) if each >= 0)
            resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


_MEMORY = _MemoryLimit()
