"""Calls one of the stack's functions and waits for its answer."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from catalog_platform.aws.reachable import reachable
from catalog_platform.aws.session import Session
from catalog_platform.errors import PlatformError

BUSY = "TooManyRequestsException"


def invoke(session: Session, function: str, question: Mapping[str, Any]) -> dict[str, Any]:
    """The function's answer.

    Raises `PlatformError` when it cannot be called, is busy, fails, or answers something else.
    https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
    """
    with reachable(f"function {function}"):
        try:
            response = session.client("lambda").invoke(
                FunctionName=function, Payload=json.dumps(question).encode()
            )
        except ClientError as error:
            if error.response["Error"]["Code"] != BUSY:
                raise
            raise PlatformError(
                f"function {function} is busy: somebody else is calling it",
                hint="wait until they are through, then try again",
            ) from error
        text = response["Payload"].read()
    try:
        answer = json.loads(text)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise PlatformError(f"function {function} answered no JSON object")
    if "FunctionError" in response:
        kind, message = answer.get("errorType", "error"), answer.get("errorMessage", "")
        raise PlatformError(
            f"function {function}: {kind}: {message}", hint="its log group has the rest"
        )
    return answer
