"""A client-side time limit for work on a PostgreSQL connection.

`statement_timeout` does not help when the server itself hangs, and `tcp_user_timeout` does not
when the server's operating system still acknowledges data.
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
    """Break the connection when the block takes longer than `seconds`.

    The block's exception is then replaced by `psycopg.errors.ConnectionTimeout`. The server may
    still finish the work.
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
    # A read on this socket now returns end of file.
    with (
        suppress(OSError, psycopg.Error),
        socket.socket(fileno=os.dup(connection.pgconn.socket)) as copy,
    ):
        copy.shutdown(socket.SHUT_RDWR)


class _Alarm:
    """An action that is called once at its time, unless it is cancelled before."""

    def __init__(self, action: Callable[[], None]) -> None:
        self.fired = False
        self._action: Callable[[], None] | None = action
        self._lock = threading.Lock()

    def fire(self) -> None:
        """Call the action; a concurrent `cancel` waits."""
        with self._lock:
            if self._action is not None:
                self.fired = True
                self._action()

    def cancel(self) -> None:
        """Cancel: the action has been called already, or never will be."""
        with self._lock:
            self._action = None


class _Watchdog:
    """One thread for all alarms; a thread for each statement would cost more than the statement."""

    def __init__(self) -> None:
        self._alarms: list[tuple[float, int, _Alarm]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        threading.Thread(target=self._watch, daemon=True).start()

    def start_alarm(self, seconds: float, action: Callable[[], None]) -> _Alarm:
        """Call `action` after so many seconds."""
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
