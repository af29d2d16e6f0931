"""Convert errors of AWS API calls to `PlatformError`s that name what is missing."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    PartialCredentialsError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)

from catalog_platform.errors import PlatformError

# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html, and the codes
# of S3, RDS, SQS and Kinesis for the same two errors.
DENIED = {
    "AccessDenied",
    "AccessDeniedException",
    "AuthorizationError",
    "AWS.SimpleQueueService.AccessDenied",
    "KMSAccessDeniedException",
    "NotAuthorized",
    "OptInRequired",
    "UnauthorizedOperation",
}
EXPIRED = {
    "ExpiredToken",
    "ExpiredTokenException",
    "RequestExpired",
    "TokenRefreshRequired",
}
UNUSABLE = {
    "IncompleteSignature",
    "InvalidAccessKeyId",
    "InvalidClientTokenId",
    "InvalidSignatureException",
    "MissingAuthenticationToken",
    "SignatureDoesNotMatch",
    "UnrecognizedClientException",
}
# What the CDK prints for the same errors.
EXPIRED_TEXT = re.compile(
    r"\b(ExpiredToken(Exception)?|RequestExpired)\b|security token .*\bexpired\b"
    r"|\btoken (has|is) expired\b|credentials (have|has) expired",
    re.IGNORECASE,
)


class NoPermissionError(PlatformError):
    """The credentials don't allow a call. `action` is the IAM action that it needs."""

    def __init__(self, action: str, subject: str) -> None:
        super().__init__(
            f"{subject}: the credentials don't allow {action}",
            hint=f"use a role that allows the IAM action {action} on it",
        )
        self.action = action


class CredentialsError(PlatformError):
    """The credentials have expired, are missing or are invalid."""


@contextlib.contextmanager
def calling(action: str, subject: str) -> Iterator[None]:
    """Convert errors of a call that needs the IAM action `action`, such as `s3:ListBucket`.

    `subject` is what the call is about, such as `stack catalog-prod`. Raises `NoPermissionError`,
    `CredentialsError`, or `PlatformError` for any other error.
    """
    try:
        yield
    except ClientError as error:
        code, message = error.response["Error"]["Code"], error.response["Error"]["Message"]
        if code in DENIED:
            # A service that cannot use the key on behalf of the caller.
            needed = "kms:Decrypt" if code.startswith("KMS") else action
            raise NoPermissionError(needed, subject) from error
        if code in EXPIRED:
            raise CredentialsError(
                f"{subject}: the credentials have expired ({code})",
                hint="sign in again, then repeat the command",
            ) from error
        if code in UNUSABLE:
            raise CredentialsError(
                f"{subject}: AWS does not accept the credentials: {message or code}",
                hint="sign in to the account of the environment, then repeat the command",
            ) from error
        raise PlatformError(f"{subject}: {message or code}") from error
    except (
        NoCredentialsError,
        PartialCredentialsError,
        TokenRetrievalError,
        UnauthorizedSSOTokenError,
    ) as error:
        raise CredentialsError(
            f"{subject}: {error}", hint="sign in to the account of the environment"
        ) from error
    except BotoCoreError as error:
        raise PlatformError(f"{subject}: {error}") from error
