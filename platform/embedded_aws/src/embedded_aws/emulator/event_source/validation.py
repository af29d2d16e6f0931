"""Validate the settings of a mapping that reads a stream, as AWS does.

https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

POSITIONS = ("TRIM_HORIZON", "LATEST", "AT_TIMESTAMP")
BOUNDS = {
    "BatchSize": (1, 10_000),
    "MaximumBatchingWindowInSeconds": (0, 300),
    "ParallelizationFactor": (1, 10),
    "MaximumRetryAttempts": (-1, 10_000),
    "MaximumRecordAgeInSeconds": (-1, 604_800),
}
# AWS refuses lower values, except -1 for no limit.
MINIMUM_AGE_SECONDS = 60
DEFAULT_BATCH_SIZE = 100


def with_defaults(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return the settings with the default batch size of streams, which differs from queues."""
    return {"BatchSize": DEFAULT_BATCH_SIZE, **settings}


def problems(settings: Mapping[str, Any]) -> list[str]:
    """Return one sentence per setting that AWS refuses; empty if it accepts all."""
    found = []
    for name, (minimum, maximum) in BOUNDS.items():
        value = settings.get(name)
        if value is None:
            continue
        if not str(value).lstrip("-").isdigit() or not minimum <= int(value) <= maximum:
            found.append(f"{name} {value} must be a whole number from {minimum} to {maximum}")
        elif name == "MaximumRecordAgeInSeconds" and -1 < int(value) < MINIMUM_AGE_SECONDS:
            found.append(f"{name} {value} must be -1 or at least {MINIMUM_AGE_SECONDS}")
    position = settings.get("StartingPosition")
    if position not in POSITIONS:
        found.append(f"StartingPosition {position} must be one of {', '.join(POSITIONS)}")
    elif position == "AT_TIMESTAMP" and settings.get("StartingPositionTimestamp") is None:
        found.append("StartingPosition AT_TIMESTAMP needs StartingPositionTimestamp")
    return found
