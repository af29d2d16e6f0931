"""Bounds how long a PostgreSQL connection may take to answer.

The server's own limits (`statement_timeout`) do not help when the server itself is stuck, nor do
TCP's (`tcp_user_timeout`) when its operating system still acknowledges what it receives.
"""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import psycopg


@contextmanager
def answers_within(seconds: float, connection: psycopg.Connection[object]) -> Iterator[None]:
    """Break the connection off when the block takes longer.

    Whatever the block raises then is replaced by `psycopg.errors.ConnectionTimeout`. The server may
    still do the work.
    """
    expired = threading.Event()

    def expire() -> None:
        expired.set()
        # Whoever waits for bytes of this socket now reads its end.
        with (
            suppress(OSError, psycopg.Error),
            socket.socket(fileno=os.dup(connection.pgconn.socket)) as copy,
        ):
            copy.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, expire)
    timer.daemon = True
    timer.start()
    try:
        yield
    except Exception as error:
        if not expired.is_set():
            raise
        late = f"no answer within {seconds:.3g} s"
        raise psycopg.errors.ConnectionTimeout(late) from error
    finally:
        timer.cancel()
        timer.join()
