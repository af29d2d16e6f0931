"""Quotas of Kinesis per stream and rolling 24 hours.

https://docs.aws.amazon.com/streams/latest/dev/service-sizes-and-limits.html
"""

from __future__ import annotations

import time
from typing import Any

from ministack.core.responses import get_account_id

from embedded_aws.emulator.request_validation.errors import Refusal

DAY_SECONDS = 24 * 3600.0
# Private keys of the emulator's record of a stream: the times of the accepted calls.
SCALINGS, SWITCHES = "_EmbeddedScalings", "_EmbeddedModeSwitches"
MAXIMUM = {SCALINGS: 10, SWITCHES: 2}


def exceeded(stream: Any, kind: str) -> Refusal | None:
    """Return a refusal if the stream has had the day's number of calls of a kind."""
    if len(_recent(stream, kind)) < MAXIMUM[kind]:
        return None
    return Refusal(
        "LimitExceededException",
        f"Stream {stream['StreamName']} under account {get_account_id()} has had"
        f" {MAXIMUM[kind]} of these changes within 24 hours, the maximum.",
    )


def count(stream: Any, kind: str) -> None:
    """Record a call."""
    stream[kind] = [*_recent(stream, kind), time.time()]


def _recent(stream: Any, kind: str) -> list[float]:
    return [each for each in stream.get(kind, ()) if each > time.time() - DAY_SECONDS]
