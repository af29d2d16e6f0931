"""Clients of AWS services with bounded waits, and the classification of their errors."""

from __future__ import annotations

import http.client
import traceback
from collections.abc import Callable
from functools import cache
from typing import Any, TypeVar

import botocore.session
from botocore import exceptions, parsers
from botocore.config import Config
from urllib3.exceptions import HTTPError

from catalog_runtime.deadline import LateError, within
from catalog_runtime.reaction import Reaction

T = TypeVar("T")

# All errors of the service, the network and the configuration. Those of urllib3, http.client and
# sockets are raised while a response body is read.
ERRORS = (
    exceptions.BotoCoreError,
    exceptions.ClientError,
    parsers.ResponseParserError,
    HTTPError,
    http.client.HTTPException,
    OSError,
)
# Error codes of a busy service, whatever the HTTP status.
# https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
# https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
BUSY = {
    "BandwidthLimitExceeded",
    "ConditionalRequestConflict",
    "EC2ThrottledException",
    "InternalError",
    "InternalFailure",
    "KMS.ThrottlingException",
    "KMSThrottlingException",
    "KmsThrottled",
    "LimitExceededException",
    "OperationAborted",
    "PriorRequestNotComplete",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestThrottled",
    "RequestThrottledException",
    "RequestTimeout",
    "RequestTimeoutException",
    "ServiceUnavailable",
    "SlowDown",
    "Throttling",
    "ThrottledException",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionInProgressException",
}
# Temporary: Lambda renews credentials, and clocks are synchronised.
RENEWED = {
    "ExpiredToken",
    "ExpiredTokenException",
    "RequestExpired",
    "RequestTimeTooSkewed",
    "TokenRefreshRequired",
}
REFUSED_DATA = {
    "BatchRequestTooLong",
    "EntityTooLarge",
    "InvalidMessageContents",
    "KeyTooLongError",
    "RequestEntityTooLarge",
}
# Botocore's other errors, such as missing credentials or parameters of a wrong type, are raised
# before a request is sent, and would be raised again.
_TRANSIENT = (
    exceptions.HTTPClientError,
    exceptions.CredentialRetrievalError,
    exceptions.MetadataRetrievalError,
    exceptions.TokenRetrievalError,
    exceptions.IncompleteReadError,
    exceptions.ChecksumError,
    exceptions.FlexibleChecksumError,
    exceptions.AwsChunkedWrapperError,
    exceptions.CapacityNotAvailableError,
    exceptions.WaiterError,
    exceptions.PaginationError,
)
_TOO_MANY_REQUESTS = 429
_SERVER_ERRORS = 500


class AwsError(Exception):
    """A call failed, or its outcome is unknown; `code` is AWS's error code, empty without one."""

    def __init__(self, message: str, reaction: Reaction = Reaction.RETRY, code: str = "") -> None:
        super().__init__(message)
        self.reaction = reaction
        self.code = code


class UnreadableAnswerError(exceptions.HTTPClientError):  # type: ignore[misc]
    """A response is not in AWS's format."""

    fmt = "the response cannot be parsed: {error}"


class _GuardedParsers(parsers.ResponseParserFactory):  # type: ignore[misc]
    """Botocore's parsers, with all their errors converted to botocore's own.

    They parse responses without a check of the format: a proxy's error page instead of JSON raises
    UnicodeDecodeError, a list raises AttributeError.
    """

    def create_parser(self, protocol_name: str) -> Any:
        parser = super().create_parser(protocol_name)
        parse = parser.parse

        def guarded(*arguments: Any, **options: Any) -> Any:
            try:
                parsed = parse(*arguments, **options)
            except Exception as error:
                raise UnreadableAnswerError(error=f"{type(error).__name__}: {error}") from error
            if not isinstance(parsed, dict):
                raise UnreadableAnswerError(error=f"{type(parsed).__name__} instead of an object")
            return parsed

        parser.parse = guarded
        return parser


@cache
def session() -> Any:
    """Return the botocore session, with region and IAM credentials of the environment."""
    made = botocore.session.get_session()
    made.register_component("response_parser_factory", _GuardedParsers())
    return made


def client(service: str, *, connect_seconds: float, read_seconds: float, attempts: int) -> Any:
    """Create a botocore client with timeouts; `attempts` x (connect + read) and short pauses.

    The timeouts do not bound a slow response; `call` does.
    """
    made = session().create_client(
        service,
        config=Config(
            connect_timeout=connect_seconds,
            read_timeout=read_seconds,
            retries={"total_max_attempts": attempts, "mode": "standard"},
            tcp_keepalive=True,
        ),
    )
    made.meta.events.register_first("before-call.s3", _follow_no_redirect)
    return made


def _follow_no_redirect(params: Any, **_others: Any) -> None:
    """Do not follow redirects of S3: buckets are in the functions' region, so they are errors.

    Botocore would look up the bucket's region, endlessly if that request is redirected as well.
    """
    params["context"].setdefault("s3_redirect", {})["redirected"] = True


def call(operation: Callable[..., T], seconds: float, **arguments: Any) -> T:
    """Call an operation of a client. Raises `AwsError`, also when it takes too many seconds.

    A function that also reads the response body counts as an operation.
    """
    try:
        return within(seconds, lambda: operation(**arguments))
    except LateError as error:
        raise AwsError(str(error)) from error
    except Exception as error:
        if isinstance(error, ERRORS) or _comes_from_botocore(error):
            message = f"{type(error).__name__}: {error}"
            raise AwsError(message, reaction_to(error), _code_of(error)) from error
        raise


def _comes_from_botocore(error: Exception) -> bool:
    """Return whether botocore's code raised the error, as it does for unexpected responses."""
    frames = (frame for frame, _ in traceback.walk_tb(error.__traceback__))
    return any(str(frame.f_globals.get("__name__")).startswith("botocore.") for frame in frames)


def reaction_to(error: Exception) -> Reaction:
    """Return the reaction to an error of a call."""
    if isinstance(error, exceptions.ClientError):
        return _reaction_to_answer(error)
    if isinstance(error, exceptions.BotoCoreError) and not isinstance(error, _TRANSIENT):
        return Reaction.FAIL
    return Reaction.RETRY


def _code_of(error: Exception) -> str:
    answer = error.response if isinstance(error, exceptions.ClientError) else {}
    return str(answer.get("Error", {}).get("Code", ""))


def _reaction_to_answer(error: exceptions.ClientError) -> Reaction:
    code = _code_of(error)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode") or 0
    if code in BUSY | RENEWED or status == _TOO_MANY_REQUESTS or status >= _SERVER_ERRORS:
        return Reaction.RETRY
    if code in REFUSED_DATA:
        return Reaction.DEAD_LETTER
    # Missing rights, buckets, queues, keys; redirects to other regions.
    return Reaction.FAIL
