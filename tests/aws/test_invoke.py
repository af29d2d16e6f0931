from __future__ import annotations

import io
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from catalog_platform.aws.invoke import THROTTLED, invoke
from catalog_platform.errors import PlatformError
from support.aws import FakeSession


class FakeLambda:
    """Answers each invocation with the same bytes, or raises."""

    def __init__(self, answer: bytes = b"{}", failure: Exception | None = None, **extra: str):
        self.answer, self.failure, self.extra = answer, failure, extra
        self.payloads: list[Any] = []

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803
        self.payloads.append((FunctionName, json.loads(Payload)))
        if self.failure:
            raise self.failure
        return {"Payload": io.BytesIO(self.answer), **self.extra}


def call(function: FakeLambda) -> dict[str, Any]:
    return invoke(FakeSession(**{"lambda": function}), "reader", {"a": 1})


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "Invoke")


def test_the_payload_is_sent_and_the_object_returned() -> None:
    function = FakeLambda(b'{"b": 2}')
    assert call(function) == {"b": 2}
    assert function.payloads == [("reader", {"a": 1})]


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (FakeLambda(failure=refusal(THROTTLED)), "function reader is busy: another invocation"),
        (FakeLambda(failure=refusal("AccessDenied")), r"function reader: .*AccessDenied"),
        (FakeLambda(failure=EndpointConnectionError(endpoint_url="x")), "function reader: Could"),
        (FakeLambda(b"[1]"), "function reader returned no JSON object"),
        (FakeLambda(b"no JSON"), "function reader returned no JSON object"),
        (
            FakeLambda(
                b'{"errorType": "KeyError", "errorMessage": "b"}', FunctionError="Unhandled"
            ),
            "function reader: KeyError: b",
        ),
        (FakeLambda(b"{}", FunctionError="Unhandled"), "function reader: error: $"),
    ],
    ids=["busy", "denied", "unreachable", "list", "text", "raised", "raised without a reason"],
)
def test_a_failure_is_expected_and_names_the_function(function: FakeLambda, message: str) -> None:
    with pytest.raises(PlatformError, match=message):
        call(function)
