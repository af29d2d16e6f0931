"""Batches that fail during an outage of a store and succeed after it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from support.events import sequence, stock_adjustment, stock_level
from support.processor_harness import ProcessorHarness
from support.servers import Server, connect

# Database timeouts in tests: the functions' own are 3, 9 and 22 seconds.
LOG_IN_SECONDS = 0.7
ANSWER_SECONDS = 1.0
RUN_SECONDS = 4.0
# Timeout of a call to AWS: the functions' own are 10 and 6 seconds, for two attempts.
BOUND_SECONDS = 1.0
QUEUE_URL = "https://sqs.eu-west-1.amazonaws.com/111111111111/dead-letters"
LEVEL = stock_level(quantity=7)
ADJUSTMENT = stock_adjustment(event_id="e-2", occurred_at="2026-09-21T14:00:01Z")
APPLIED = 5


def secret_of(username: object, password: object) -> str:
    """Return a secret in the format of the functions."""
    return json.dumps({"username": username, "password": password})


@contextmanager
def takes_at_most(seconds: float) -> Iterator[None]:
    """Fail if the block takes too long; 1.5 s are allowed for a busy machine."""
    began = time.monotonic()
    yield
    assert time.monotonic() - began < seconds + 1.5


@dataclass
class OutageProcessor:
    """A processor on a real database that gets one batch of a count and an adjustment."""

    around: ProcessorHarness
    server: Server

    def fails(self) -> None:
        """Assert that the batch fails from its first record, and is counted."""
        assert self.around.process(LEVEL, ADJUSTMENT) == sequence(0)
        counts = self.around.counts()
        assert counts["BatchFailures"] == 1
        assert counts["RecordsReceived"] == 2

    def succeeds(self) -> None:
        """Assert that the batch succeeds and is counted, and that repetitions have no effect."""
        assert self.around.process(LEVEL, ADJUSTMENT) is None
        assert self.around.counts()["BatchFailures"] == 0
        assert self.quantities() == [(APPLIED,)]

    def quantities(self) -> list[tuple[object, ...]]:
        """Return the quantities in the database."""
        with connect(self.server) as connection:
            return connection.execute("SELECT quantity FROM public.stock_level").fetchall()

    def sessions(self) -> list[int]:
        """Return the pids of the processor's database sessions."""
        with connect(self.server) as connection:
            rows = connection.execute(
                "SELECT pid FROM pg_stat_activity WHERE application_name = 'outages'"
            ).fetchall()
        return [int(str(pid)) for (pid,) in rows]
