"""A client-side time limit for work on a PostgreSQL connection.

`statement_timeout` does not help when the server itself hangs, and `tcp_user_timeout` does not
when the server's operating system still acknowledges data.
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
    """Break the connection when the block takes longer than `seconds`.

    The block's exception is then replaced by `psycopg.errors.ConnectionTimeout`. The server may
    still finish the work.
    """
    expired = threading.Event()

    def expire() -> None:
        expired.set()
        # A read on this socket now returns end of file.
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
