"""Read-only calls of AWS with a bounded duration, and their errors."""

from __future__ import annotations

import enum
import re
import threading
from collections.abc import Iterator
from typing import Any

import botocore
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    ReadTimeoutError,
    SSOError,
    TokenRetrievalError,
)

from catalog_platform.aws.credentials import CredentialLifetime, lifetime
from catalog_platform.aws.session import ClientFactory, Session
from catalog_platform.errors import PlatformError

READ_SECONDS = 5.0
ATTEMPTS = 2
MAXIMUM_PAGES = 100
# Services whose IAM actions have another prefix than the name of boto3's client.
PREFIXES = {"service-quotas": "servicequotas"}
# Operations whose IAM action has another name.
ACTIONS = {"s3:ListBuckets": "s3:ListAllMyBuckets"}
DENIED = re.compile(r"AccessDenied|Unauthorized|NotAuthorized|AuthorizationError|^403$")
THROTTLED = re.compile(r"Throttl|TooManyRequests|RequestLimitExceeded|SlowDown|LimitExceeded")
CREDENTIALS = re.compile(
    r"ExpiredToken|InvalidClientTokenId|UnrecognizedClient|AuthFailure|InvalidToken|RequestExpired"
    r"|InvalidAccessKeyId|SignatureDoesNotMatch|InvalidSignature|RequestTimeTooSkewed"
    r"|MissingAuthenticationToken|OptInRequired"
)
CREDENTIAL_ERRORS = (
    CredentialRetrievalError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)


@enum.unique
class Cause(enum.Enum):
    """Why a call failed."""

    DENIED = "denied"
    THROTTLED = "throttled"
    TIMEOUT = "time-out"
    CREDENTIALS = "credentials"
    OTHER = "other"


class CallError(Exception):
    """A call failed. `code` is AWS's error code, empty when there was no response.

    `date` is the header `Date` of the response, empty when there was none.
    """

    def __init__(
        self, cause: Cause, action: str, message: str, *, code: str = "", date: str = ""
    ) -> None:
        super().__init__(f"{action}: {message}")
        self.cause = cause
        self.action = action
        self.message = message
        self.code = code
        self.date = date

    @property
    def reason(self) -> str:
        """Return why a check that needs the call is not made."""
        if self.cause is Cause.DENIED:
            return f"needs the permission {self.action}"
        if self.cause is Cause.THROTTLED:
            return f"AWS throttles {self.action}"
        if self.cause is Cause.TIMEOUT:
            return f"{self.action} has not responded within {READ_SECONDS:.0f} s"
        return f"{self.action}: {self.message}"


class Calls:
    """Calls AWS with the clients of a session. Threads may share it."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._factory: ClientFactory | None = None
        self._clients: dict[str, Any] = {}
        self._lock = threading.Lock()

    def call(self, service: str, operation: str, **parameters: Any) -> Any:
        """Return boto3's response to an operation such as `DescribeVpcs`. Raises `CallError`."""
        action = iam_action(service, operation)
        try:
            return getattr(self._client(service), botocore.xform_name(operation))(**parameters)
        except (BotoCoreError, ClientError) as error:
            raise _translated(error, action) from error
        except PlatformError as error:
            raise CallError(Cause.OTHER, action, error.message) from error

    def pages(self, service: str, operation: str, member: str, **parameters: Any) -> Iterator[Any]:
        """Yield the elements of the list `member` of all pages. Raises `CallError`."""
        action = iam_action(service, operation)
        try:
            paginator = self._client(service).get_paginator(botocore.xform_name(operation))
            for number, page in enumerate(paginator.paginate(**parameters)):
                if number == MAXIMUM_PAGES:
                    raise CallError(Cause.OTHER, action, f"more than {MAXIMUM_PAGES} pages")
                yield from page.get(member) or ()
        except (BotoCoreError, ClientError) as error:
            raise _translated(error, action) from error
        except PlatformError as error:
            raise CallError(Cause.OTHER, action, error.message) from error

    def credentials(self) -> CredentialLifetime:
        """Return the lifetime of the credentials. Raises `CallError`."""
        try:
            with self._lock:
                return lifetime(self._client_factory().credentials())
        except BotoCoreError as error:
            raise _translated(error, "credentials") from error

    def _client(self, service: str) -> Any:
        # Sessions of boto3 can't be shared by threads, and their clients can.
        with self._lock:
            if service not in self._clients:
                self._clients[service] = self._client_factory().client(service)
            return self._clients[service]

    def _client_factory(self) -> ClientFactory:
        if self._factory is None:
            self._factory = self._session.client_factory(
                read_seconds=READ_SECONDS, attempts=ATTEMPTS
            )
        return self._factory


def iam_action(service: str, operation: str) -> str:
    """Return the IAM action of an operation, such as `ec2:DescribeVpcs`."""
    action = f"{PREFIXES.get(service, service)}:{operation}"
    return ACTIONS.get(action, action)


def _translated(error: BotoCoreError | ClientError, action: str) -> CallError:
    text = str(error).strip().partition("\n")[0] or type(error).__name__
    if not isinstance(error, ClientError):
        cause = Cause.OTHER
        if isinstance(error, (ConnectTimeoutError, ReadTimeoutError)):
            cause = Cause.TIMEOUT
        elif isinstance(error, CREDENTIAL_ERRORS):
            cause = Cause.CREDENTIALS
        return CallError(cause, action, text)
    code = str(error.response.get("Error", {}).get("Code", ""))
    message = str(error.response.get("Error", {}).get("Message", "")).strip().partition("\n")[0]
    headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    cause = Cause.OTHER
    for found, pattern in (
        (Cause.CREDENTIALS, CREDENTIALS),
        (Cause.THROTTLED, THROTTLED),
        (Cause.DENIED, DENIED),
    ):
        if pattern.search(code):
            cause = found
            break
    return CallError(
        cause, action, message or code or text, code=code, date=str(headers.get("date", ""))
    )
