"""Every error that botocore can raise has one reaction, and every call ends in time."""

from __future__ import annotations

import http.client
import inspect
import time
from typing import Any

import botocore.exceptions
import pytest
import urllib3.exceptions
from botocore.exceptions import BotoCoreError, ClientError
from botocore.parsers import ResponseParserError

from catalog_runtime import aws
from catalog_runtime.aws import AwsError, call, reaction_to
from catalog_runtime.reaction import Reaction
from support.trees import subclasses


def answer(code: str, status: int = 400) -> ClientError:
    response = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(response, "Operation")


def made(kind: type[Exception]) -> Exception:
    """An instance, without what its constructor and its text would ask for."""
    silent: Any = type(kind.__name__, (kind,), {"__str__": lambda self: type(self).__name__})
    error: Exception = silent.__new__(silent)
    return error


def fail(*, error: Exception) -> None:
    raise error


def test_every_exception_of_the_libraries_is_an_aws_error() -> None:
    kinds = [
        *subclasses(BotoCoreError),
        *subclasses(urllib3.exceptions.HTTPError),
        *subclasses(http.client.HTTPException),
        ResponseParserError,
    ]
    assert len(kinds) > 120

    for kind in kinds:
        if issubclass(kind, Warning):
            continue

        with pytest.raises(AwsError) as raised:
            call(fail, 5, error=made(kind))
        assert isinstance(raised.value.reaction, Reaction)


def test_botocore_declares_no_exception_outside_the_caught_classes() -> None:
    declared = {
        kind
        for _, kind in inspect.getmembers(botocore.exceptions, inspect.isclass)
        if issubclass(kind, Exception) and not issubclass(kind, Warning)
        if kind.__module__ == "botocore.exceptions"
    }
    # Raised when a client is made from a model that is not botocore's own.
    outside = {kind.__name__ for kind in declared if not issubclass(kind, aws.ERRORS)}

    assert outside == {"UndefinedModelAttributeError", "MissingServiceIdError"}


def test_whatever_the_network_does_is_retried() -> None:
    for kind in [
        botocore.exceptions.HTTPClientError,
        *subclasses(botocore.exceptions.HTTPClientError),
        *subclasses(urllib3.exceptions.HTTPError),
        *subclasses(http.client.HTTPException),
        ResponseParserError,
        ConnectionResetError,
    ]:
        assert reaction_to(made(kind)) is Reaction.RETRY, kind


@pytest.mark.parametrize(
    ("code", "status", "reaction"),
    [
        ("SlowDown", 503, Reaction.RETRY),
        ("InternalError", 200, Reaction.RETRY),
        ("ServiceUnavailable", 503, Reaction.RETRY),
        ("502", 502, Reaction.RETRY),
        ("Throttling", 400, Reaction.RETRY),
        ("KmsThrottled", 400, Reaction.RETRY),
        ("KMSThrottlingException", 400, Reaction.RETRY),
        ("Anything", 429, Reaction.RETRY),
        ("ExpiredToken", 400, Reaction.RETRY),
        ("RequestTimeTooSkewed", 403, Reaction.RETRY),
        ("AccessDenied", 403, Reaction.FAIL),
        ("AccessDeniedException", 400, Reaction.FAIL),
        ("InvalidAccessKeyId", 403, Reaction.FAIL),
        ("KMS.DisabledException", 400, Reaction.FAIL),
        ("DecryptionFailure", 400, Reaction.FAIL),
        ("NoSuchBucket", 404, Reaction.FAIL),
        ("ResourceNotFoundException", 400, Reaction.FAIL),
        ("AWS.SimpleQueueService.NonExistentQueue", 400, Reaction.FAIL),
        ("PermanentRedirect", 301, Reaction.FAIL),
        ("EntityTooLarge", 400, Reaction.DEAD_LETTER),
        ("InvalidMessageContents", 400, Reaction.DEAD_LETTER),
    ],
)
def test_answers_are_classified_by_code_and_status(
    code: str, status: int, reaction: Reaction
) -> None:
    assert reaction_to(answer(code, status)) is reaction


@pytest.mark.parametrize("response", [{}, {"Error": {}}, {"Error": {"Code": "X"}}])
def test_an_answer_without_code_or_status_is_classified(response: dict[str, Any]) -> None:
    assert reaction_to(ClientError(response, "Operation")) is Reaction.FAIL


def test_an_aws_error_has_the_code_of_the_answer() -> None:
    for error, code in [(answer("SlowDown"), "SlowDown"), (ConnectionResetError(), "")]:
        with pytest.raises(AwsError) as raised:
            call(fail, 5, error=error)
        assert raised.value.code == code


def test_missing_credentials_are_no_outage_but_credentials_that_cannot_be_fetched_are() -> None:
    fetched = botocore.exceptions.CredentialRetrievalError(provider="x", error_msg="y")

    assert reaction_to(botocore.exceptions.NoCredentialsError()) is Reaction.FAIL
    assert reaction_to(fetched) is Reaction.RETRY


def test_a_call_that_takes_too_long_is_an_outage() -> None:
    began = time.monotonic()

    with pytest.raises(AwsError, match="no answer within") as raised:
        call(lambda: time.sleep(1), 0.1)

    assert raised.value.reaction is Reaction.RETRY
    assert time.monotonic() - began < 0.9


def test_a_bug_is_not_taken_for_an_error_of_aws() -> None:
    with pytest.raises(ZeroDivisionError):
        call(lambda: 1 / 0, 5)
