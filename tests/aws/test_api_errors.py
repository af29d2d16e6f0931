from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError

from catalog_platform.aws.api_errors import (
    EXPIRED_TEXT,
    CredentialsError,
    NoPermissionError,
    calling,
)
from catalog_platform.errors import PlatformError


def raised(error: Exception) -> PlatformError:
    with pytest.raises(PlatformError) as caught, calling("s3:ListBucketVersions", "bucket b"):
        raise error
    return caught.value


def refused(code: str, message: str = "no") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Any")


@pytest.mark.parametrize(
    ("code", "action"),
    [
        ("AccessDenied", "s3:ListBucketVersions"),
        ("UnauthorizedOperation", "s3:ListBucketVersions"),
        ("KMSAccessDeniedException", "kms:Decrypt"),
    ],
)
def test_a_missing_permission_names_the_iam_action(code: str, action: str) -> None:
    error = raised(refused(code))
    assert isinstance(error, NoPermissionError)
    assert error.action == action
    assert error.message == f"bucket b: the credentials don't allow {action}"


@pytest.mark.parametrize("code", ["ExpiredToken", "ExpiredTokenException", "RequestExpired"])
def test_expired_credentials_are_named_as_such(code: str) -> None:
    error = raised(refused(code))
    assert isinstance(error, CredentialsError)
    assert "expired" in error.message


@pytest.mark.parametrize("error", [refused("InvalidClientTokenId"), NoCredentialsError()])
def test_unusable_and_missing_credentials_are_named_as_such(error: Exception) -> None:
    assert isinstance(raised(error), CredentialsError)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (refused("ValidationError", "is in a wrong state"), "bucket b: is in a wrong state"),
        (refused("Throttling", ""), "bucket b: Throttling"),
        (EndpointConnectionError(endpoint_url="https://a.example"), "Could not connect"),
    ],
)
def test_any_other_error_has_the_words_of_aws(error: Exception, text: str) -> None:
    found = raised(error)
    assert text in found.message
    assert type(found) is PlatformError


@pytest.mark.parametrize(
    ("line", "expired"),
    [
        ("ExpiredToken: The security token included in the request is expired", True),
        ("❌ The provided token has expired.", True),
        ("ExpirationInDays | CREATE_FAILED", False),
        ("CREATE_FAILED | the certificate has expired", False),
    ],
)
def test_the_cdk_s_words_for_expired_credentials_are_known(line: str, expired: bool) -> None:
    assert bool(EXPIRED_TEXT.search(line)) == expired
