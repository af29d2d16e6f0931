"""Waits that end, whatever the other side does.

Timeouts of sockets bound the silence between two bytes. They do not bound look-ups of names,
several addresses that are tried in turn, or an answer of which one byte comes every second.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError, wait
from contextlib import suppress
from queue import SimpleQueue
from typing import TypeVar

T = TypeVar("T")

# Each holds a thread and a socket until the other side gives up.
MOST_ABANDONED = 16
_abandoned: list[_Worker] = []
_idle: deque[_Worker] = deque()
_lock = threading.Lock()


class LateError(Exception):
    """Something was not done in time; nobody knows whether it will be."""


class Deadline:
    """A point in time."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    def left(self, most: float) -> float:
        """Seconds until then, but not more than `most` and not less than 0."""
        return max(0.0, min(most, self._at - time.monotonic()))


def _ignore(_result: object) -> None:
    """What is done with a late result unless something else is asked for."""


def within(seconds: float, work: Callable[[], T], discard: Callable[[T], object] = _ignore) -> T:
    """The result of `work`, or what it raises; `LateError` when it takes longer than `seconds`.

    Late work goes on in its thread until it ends by itself; its result is given to `discard`.
    With too many of these, no more work is begun.
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

    worker = _idle.pop() if _idle else _Worker()
    worker.jobs.put(run)
    wait([future], timeout=seconds)
    if future.cancel():
        with _lock:
            _abandoned.append(worker)
        raise LateError(f"no answer within {seconds:.3g} s")
    return future.result()


class _Worker(threading.Thread):
    """A thread that is used again: starting one costs more than most calls take."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self.jobs: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self.start()

    def run(self) -> None:
        """Do one job after the other; in between, be among the idle ones."""
        while True:
            self.jobs.get()()
            with _lock:
                if self in _abandoned:
                    _abandoned.remove(self)
            _idle.append(self)
