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
# The limit on memory is the process's: a thread that set it beside another one would restore the
# other's limit at its end, for good.
_MEMORY = threading.RLock()


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
    with _memory(memory), _time(cpu, wall):
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


@contextlib.contextmanager
def _memory(allowance: int) -> Iterator[None]:
    with _MEMORY, _address_space(allowance):
        yield


@contextlib.contextmanager
def _address_space(allowance: int) -> Iterator[None]:
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    try:
        in_use = int(STATUS.read_text().split()[0]) * resource.getpagesize()
        limit = min(each for each in (in_use + allowance, soft, hard) if each >= 0)
        resource.setrlimit(resource.RLIMIT_AS, (limit, hard))
    except (OSError, ValueError):
        yield
        return
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
