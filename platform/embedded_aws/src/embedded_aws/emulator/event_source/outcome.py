"""Interpret the result of an invocation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from embedded_aws.emulator.event_source.model import Batch, Rules


@dataclass(frozen=True, slots=True)
class Succeeded:
    """The function processed the whole batch."""


@dataclass(frozen=True, slots=True)
class Throttled:
    """The function was not called; no retry is used up."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The function was called and failed as a whole."""


@dataclass(frozen=True, slots=True)
class PartlyFailed:
    """The function reported failures; `first` is the index of the first failed record."""

    first: int


Outcome = Succeeded | Throttled | Failed | PartlyFailed


def interpret(rules: Rules, batch: Batch, result: Mapping[str, Any]) -> Outcome:
    """Interpret a result with the keys `throttle`, `error` and `body`.

    With partial batch responses, a response without failures and an empty response are a success.
    The whole batch fails if an identifier is empty, missing or not in the batch, or if the response
    is not an object. Of several failures, the lowest sequence number counts:
    https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html
    """
    if result.get("throttle"):
        return Throttled()
    if result.get("error"):
        return Failed()
    body = result.get("body")
    if not rules.partial or body is None or body in ("", {}):
        return Succeeded()
    if not isinstance(body, Mapping):
        return Failed()
    failures = body.get("batchItemFailures")
    if not failures:
        return Succeeded()
    if not isinstance(failures, list):
        return Failed()
    return _first_failure(batch, failures)


def _first_failure(batch: Batch, failures: list[Any]) -> Outcome:
    indexes = {str(record.sequence): index for index, record in enumerate(batch.records)}
    named = []
    for failure in failures:
        identifier = failure.get("itemIdentifier") if isinstance(failure, Mapping) else None
        index = indexes.get(identifier.lstrip("0")) if isinstance(identifier, str) else None
        if index is None:
            return Failed()
        named.append(index)
    return PartlyFailed(min(named))
