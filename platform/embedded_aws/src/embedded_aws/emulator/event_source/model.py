"""Data types of an event source: settings, records, batches and steps.

https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Rules:
    """The settings of a mapping; None means no limit. Times are in seconds."""

    batch_size: int = 100
    window: float = 0.0
    retries: int | None = None
    maximum_age: float | None = None
    bisect: bool = False
    partial: bool = False
    lanes: int = 1

    @classmethod
    def of(cls, mapping: Mapping[str, Any]) -> Rules:
        """Read the settings of a mapping in the form of the Lambda API; -1 means no limit."""

        def limit(name: str) -> int | None:
            value = int(mapping.get(name, -1))
            return None if value < 0 else value

        return cls(
            batch_size=int(mapping.get("BatchSize", 100)),
            window=float(mapping.get("MaximumBatchingWindowInSeconds", 0)),
            retries=limit("MaximumRetryAttempts"),
            maximum_age=limit("MaximumRecordAgeInSeconds"),
            bisect=str(mapping.get("BisectBatchOnFunctionError", False)).lower() == "true",
            partial="ReportBatchItemFailures" in (mapping.get("FunctionResponseTypes") or ()),
            lanes=int(mapping.get("ParallelizationFactor", 1)),
        )


@dataclass(frozen=True, slots=True)
class Record:
    """A record of a shard; `event` is passed to the function, `size` is its bytes as JSON."""

    sequence: int
    key: str
    arrived: float
    size: int
    event: Mapping[str, Any] = field(compare=False, default_factory=dict)


@dataclass(frozen=True, slots=True)
class Batch:
    """Records that are sent together; `attempts` counts the attempts that used up a retry."""

    records: tuple[Record, ...]
    attempts: int = 0
    not_before: float = 0.0


@dataclass(frozen=True, slots=True)
class Invoke:
    """Call the function with this batch."""

    batch: Batch


@dataclass(frozen=True, slots=True)
class Discard:
    """Discard the batch: send it to the failure destination, if there is one.

    `raised`: the last call failed as a whole and did not report single records.
    """

    batch: Batch
    condition: str
    raised: bool = False


@dataclass(frozen=True, slots=True)
class Wait:
    """Do nothing until a time; None waits for another event."""

    until: float | None


Step = Invoke | Discard | Wait
