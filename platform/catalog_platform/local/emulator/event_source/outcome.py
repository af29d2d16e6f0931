"""What the result of an invocation means for the batch that was sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog_platform.local.emulator.event_source.model import Batch, Rules


@dataclass(frozen=True, slots=True)
class Succeeded:
    """The function took the whole batch."""


@dataclass(frozen=True, slots=True)
class Throttled:
    """The function was not called at all: no retry is used up."""


@dataclass(frozen=True, slots=True)
class Failed:
    """The function was called and failed as a whole."""


@dataclass(frozen=True, slots=True)
class PartlyFailed:
    """The function named this record (index in the batch) as the first that it could not take."""

    first: int


Outcome = Succeeded | Throttled | Failed | PartlyFailed


def interpret(rules: Rules, batch: Batch, result: Mapping[str, Any]) -> Outcome:
    """Read a result, which has the keys `throttle`, `error` and `body`.

    With partial responses, a response without failures and no response at all are a success. An
    identifier that is empty, missing or not of this batch makes the whole batch fail, and so does
    a response that is no object. Of several failures the lowest sequence number counts:
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
    places = {str(record.sequence): place for place, record in enumerate(batch.records)}
    named = []
    for failure in failures:
        identifier = failure.get("itemIdentifier") if isinstance(failure, Mapping) else None
        place = places.get(identifier.lstrip("0")) if isinstance(identifier, str) else None
        if place is None:
            return Failed()
        named.append(place)
    return PartlyFailed(min(named))
