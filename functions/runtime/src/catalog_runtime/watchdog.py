"""Bounds how long a PostgreSQL connection may take to answer.

The server's own limits (`statement_timeout`) do not help when the server itself is stuck, nor do
TCP's (`tcp_user_timeout`) when its operating system still acknowledges what it receives.
"""

from __future__ import annotations

import heapq
import itertools
import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache

import psycopg


@contextmanager
def answers_within(seconds: float, connection: psycopg.Connection[object]) -> Iterator[None]:
    """Break the connection off when the block takes longer.

    Whatever the block raises then is replaced by `psycopg.errors.ConnectionTimeout`. The server may
    still do the work.
    """
    alarm = _watchdog().start_alarm(seconds, lambda: _break_off(connection))
    try:
        yield
    except Exception as error:
        if not alarm.fired:
            raise
        late = f"no answer within {seconds:.3g} s"
        raise psycopg.errors.ConnectionTimeout(late) from error
    finally:
        alarm.cancel()


def _break_off(connection: psycopg.Connection[object]) -> None:
    # Whoever waits for bytes of this socket now reads its end.
    with (
        suppress(OSError, psycopg.Error),
        socket.socket(fileno=os.dup(connection.pgconn.socket)) as copy,
    ):
        copy.shutdown(socket.SHUT_RDWR)


class _Alarm:
    """Calls `action` once when its time has come, unless it was cancelled before."""

    def __init__(self, action: Callable[[], None]) -> None:
        self.fired = False
        self._action: Callable[[], None] | None = action
        self._lock = threading.Lock()

    def fire(self) -> None:
        """Call the action, while nobody can cancel."""
        with self._lock:
            if self._action is not None:
                self.fired = True
                self._action()

    def cancel(self) -> None:
        """Afterwards, the action has been called or never will be."""
        with self._lock:
            self._action = None


class _Watchdog:
    """One thread for all alarms: starting one for each statement costs more than the statement."""

    def __init__(self) -> None:
        self._alarms: list[tuple[float, int, _Alarm]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        threading.Thread(target=self._watch, daemon=True).start()

    def start_alarm(self, seconds: float, action: Callable[[], None]) -> _Alarm:
        """Have `action` called in so many seconds."""
        alarm = _Alarm(action)
        at = time.monotonic() + seconds
        with self._changed:
            is_next = not self._alarms or at < self._alarms[0][0]
            heapq.heappush(self._alarms, (at, next(self._numbers), alarm))
            if is_next:
                self._changed.notify()
        return alarm

    def _watch(self) -> None:
        while True:
            with self._changed:
                left = self._alarms[0][0] - time.monotonic() if self._alarms else None
                if left is None or left > 0:
                    self._changed.wait(left)
                    continue
                _, _, alarm = heapq.heappop(self._alarms)
            alarm.fire()


@cache
def _watchdog() -> _Watchdog:
    return _Watchdog()
