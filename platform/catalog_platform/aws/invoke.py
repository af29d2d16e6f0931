"""Invoke a Lambda function of the stack and wait for its response."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from catalog_platform.aws.client_errors import translate_errors
from catalog_platform.aws.session import Session
from catalog_platform.errors import PlatformError

THROTTLED = "TooManyRequestsException"


def invoke(session: Session, function: str, payload: Mapping[str, Any]) -> dict[str, Any]:
    """Invoke a function and return its response.

    Raises `PlatformError` if the function cannot be invoked, is throttled or fails, or if it
    doesn't return a JSON object.
    https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
    """
    with translate_errors(f"function {function}"):
        try:
            response = session.client("lambda").invoke(
                FunctionName=function, Payload=json.dumps(payload).encode()
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != THROTTLED:
                raise
            raise PlatformError(
                f"function {function} is busy: another invocation is running",
                hint="wait until it ends, then try again",
            ) from error
        text = response["Payload"].read()
    try:
        result = json.loads(text)
    except ValueError:
        result = None
    if not isinstance(result, dict):
        raise PlatformError(
            f"function {function} returned no JSON object",
            hint="see the error in the function's log group",
        )
    if "FunctionError" in response:
        kind, message = result.get("errorType", "error"), result.get("errorMessage", "")
        raise PlatformError(
            f"function {function}: {kind}: {message}",
            hint="see the function's log group for details",
        )
    return result
