"""Wall-clock limits for calls.

Socket timeouts limit the time between two bytes. They do not limit DNS look-ups, several addresses
that are tried in turn, or a response that arrives at one byte per second.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, InvalidStateError, wait
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")

# Each abandoned call holds a thread and a socket until it ends.
MOST_ABANDONED = 16
_abandoned: list[threading.Thread] = []
_lock = threading.Lock()


class LateError(Exception):
    """A call did not end in time; its outcome is unknown."""


class Deadline:
    """A point in time."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    def left(self, most: float) -> float:
        """Return the seconds until then, at least 0 and at most `most`."""
        return max(0.0, min(most, self._at - time.monotonic()))


def _ignore(_result: object) -> None:
    """Ignore a late result; the default of `discard`."""


def within(seconds: float, work: Callable[[], T], discard: Callable[[T], object] = _ignore) -> T:
    """Return the result of `work`; raise `LateError` when it takes longer than `seconds`.

    Late work continues in its thread until it ends; its result is passed to `discard`. While too
    many late calls run, no new one is started.
    """
    with _lock:
        _abandoned[:] = [thread for thread in _abandoned if thread.is_alive()]
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

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    wait([future], timeout=seconds)
    if future.cancel():
        with _lock:
            _abandoned.append(thread)
        raise LateError(f"no answer within {seconds:.3g} s")
    return future.result()
