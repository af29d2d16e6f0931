"""Bounds of SQS, whose service model has none.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from embedded_aws.emulator.request_validation.errors import Refusal

BOUNDS = {
    "DelaySeconds": (0, 900),
    "MaxNumberOfMessages": (1, 10),
    "VisibilityTimeout": (0, 43_200),
    "WaitTimeSeconds": (0, 20),
}


def refusal(parameters: Mapping[str, Any]) -> Refusal | None:
    """Return why AWS refuses a call, or None."""
    for name, (least, most) in BOUNDS.items():
        if name in parameters and not least <= parameters[name] <= most:
            return Refusal(
                "InvalidParameterValue",
                f"Value {parameters[name]} for parameter {name} is invalid. Reason: Must be >="
                f" {least} and <= {most}, if provided.",
            )
    return None
