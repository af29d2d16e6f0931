"""Rules of S3 about keys and headers of objects.

https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from embedded_aws.emulator.request_validation.errors import Refusal

# https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html
MAXIMUM_KEY_BYTES = 1024
MODE = "x-amz-object-lock-mode"
UNTIL = "x-amz-object-lock-retain-until-date"
# The operations that create an object.
CREATING = ("CopyObject", "CreateMultipartUpload", "PutObject")


def refusal(
    operation: str, parameters: Mapping[str, Any], headers: Mapping[str, str]
) -> Refusal | None:
    """Return why AWS refuses a call, or None."""
    if len(parameters.get("Key", "").encode("utf-8", "surrogatepass")) > MAXIMUM_KEY_BYTES:
        return Refusal("KeyTooLongError", "Your key is too long")
    if operation not in CREATING:
        return None
    if (MODE in headers) != (UNTIL in headers):
        return _invalid(f"{UNTIL} and {MODE} must both be supplied")
    return _until_refusal(headers[UNTIL]) if UNTIL in headers else None


def _until_refusal(text: str) -> Refusal | None:
    try:
        until = datetime.fromisoformat(text)
    except ValueError:
        return _invalid("The retain until date must be provided in ISO 8601 format")
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    if until <= datetime.now(UTC):
        return _invalid("The retain until date must be in the future!")
    return None


def _invalid(message: str) -> Refusal:
    return Refusal("InvalidArgument", message)
