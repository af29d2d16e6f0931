"""Rules that no service model contains, by service and operation.

API requests and template resources go through the same rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from embedded_aws.emulator.request_validation import kinesis, mappings, sqs
from embedded_aws.emulator.request_validation.errors import Refusal

Parameters = Mapping[str, Any]
Rule = Callable[[Parameters], Refusal | None]

RULES: Mapping[str, Mapping[str, Rule]] = {
    "lambda": {
        "CreateEventSourceMapping": mappings.create,
        "UpdateEventSourceMapping": mappings.update,
    },
}


def refusal(service: str, operation: str, parameters: Parameters, shape: Any) -> Refusal | None:
    """Return why AWS refuses a call, or None; `shape` is the operation's input."""
    if service == "sqs":
        return sqs.refusal(parameters)
    if service == "kinesis":
        return kinesis.refusal(operation, parameters, shape)
    rule = RULES.get(service, {}).get(operation)
    return rule(parameters) if rule else None
