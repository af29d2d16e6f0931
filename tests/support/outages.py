"""Batches that fail while a store is away and are done once it is back."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from support.events import sequence, stock_adjustment, stock_level
from support.servers import Server, connect
from support.surroundings import Surroundings

# Bounds of a database that is away in a test: the functions' own are 3, 9 and 22 seconds.
LOG_IN_SECONDS = 0.7
ANSWER_SECONDS = 1.0
RUN_SECONDS = 4.0
# The bound of a call to AWS: the functions' own are 10 and 6 seconds, made of two attempts.
BOUND_SECONDS = 1.0
QUEUE_URL = "https://sqs.eu-west-1.amazonaws.com/111111111111/dead-letters"
LEVEL = stock_level(quantity=7)
ADJUSTMENT = stock_adjustment(event_id="e-2", occurred_at="2026-09-21T14:00:01Z")
APPLIED = 5


def secret_of(username: object, password: object) -> str:
    """A secret as the functions expect it."""
    return json.dumps({"username": username, "password": password})


@contextmanager
def takes_at_most(seconds: float) -> Iterator[None]:
    """The block ends in time; noise of the machine is allowed for."""
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds + 1.5


@dataclass
class OutageProcessor:
    """A processor on a real database, fed with one batch of a count and an adjustment."""

    around: Surroundings
    server: Server

    def fails(self) -> None:
        """The batch is answered as failed from its first record, and counted so."""
        assert self.around.process(LEVEL, ADJUSTMENT) == sequence(0)
        counts = self.around.counts()
        assert counts["BatchFailures"] == 1
        assert counts["RecordsReceived"] == 2

    def succeeds(self) -> None:
        """The batch is done, and counted so; repetitions have changed nothing."""
        assert self.around.process(LEVEL, ADJUSTMENT) is None
        assert self.around.counts()["BatchFailures"] == 0
        assert self.quantities() == [(APPLIED,)]

    def quantities(self) -> list[tuple[object, ...]]:
        """What the database holds."""
        with connect(self.server) as connection:
            return connection.execute("SELECT quantity FROM public.stock_level").fetchall()

    def sessions(self) -> list[int]:
        """The processes of the server that serve the processor."""
        with connect(self.server) as connection:
            rows = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE application_name = 'outages'"
            ).fetchall()
        return [int(str(pid)) for (pid,) in rows]
