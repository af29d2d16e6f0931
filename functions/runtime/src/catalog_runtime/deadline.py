"""Wall-clock limits for calls.

Socket timeouts limit the time between two bytes. They do not limit DNS look-ups, several addresses
that are tried in turn, or a response that arrives at one byte per second.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, InvalidStateError, wait
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from typing import TypeVar

T = TypeVar("T")

# Each abandoned call holds a thread and a socket until it ends.
MOST_ABANDONED = 16
_abandoned: list[_Worker] = []
_idle: deque[_Worker] = deque()
_lock = threading.Lock()


class LateError(Exception):
    """A call did not end in time; its outcome is unknown."""


class Deadline:
    """A point in time on the monotonic clock."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @property
    def remaining(self) -> float:
        """Return the remaining seconds, never below zero."""
        return max(0.0, self._end - time.monotonic())

    def left(self, most: float) -> float:
        """Return the remaining seconds, but not more than `most`."""
        return min(most, self.remaining)

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Do not count the time of the block, which has a bound of its own."""
        started = time.monotonic()
        yield
        self._end += time.monotonic() - started


def _ignore(_result: object) -> None:
    """Ignore a late result; the default of `discard`."""


def within(seconds: float, work: Callable[[], T], discard: Callable[[T], object] = _ignore) -> T:
    """Return the result of `work`; raise `LateError` when it takes longer than `seconds`.

    Late work continues in its thread until it ends; its result is passed to `discard`. While too
    many late calls run, no new one is started.
    """
    with _lock:
        if seconds <= 0 or len(_abandoned) >= MOST_ABANDONED:
            raise LateError(f"no time left, or {len(_abandoned)} earlier calls still hang")
    future: Future[T] = Future()

    def run() -> None:
        try:
            result = work()
        except BaseException as error:
            with suppress(InvalidStateError):
                future.set_exception(error)
            return
        try:
            future.set_result(result)
        except InvalidStateError:
            discard(result)

    try:
        # Another thread may take the last one at any moment.
        worker = _idle.pop()
    except IndexError:
        worker = _Worker()
    worker.jobs.put(run)
    wait([future], timeout=seconds)
    if future.cancel():
        with _lock:
            _abandoned.append(worker)
        raise LateError(f"no answer within {seconds:.3g} s")
    return future.result()


class _Worker(threading.Thread):
    """A thread that is reused: starting one costs more than most calls."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.jobs: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self.start()

    def run(self) -> None:
        """Run jobs one after the other; stay in `_idle` in between."""
        while True:
            self.jobs.get()()
            with _lock:
                if self in _abandoned:
                    _abandoned.remove(self)
            _idle.append(self)
