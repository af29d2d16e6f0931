from __future__ import annotations

import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError

from catalog_platform.errors import PlatformError
from catalog_platform.release.preflight.calls import CallError, Calls, Cause, iam_action
from support.aws import FakeSession
from support.preflight import Account


@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("AccessDenied", Cause.DENIED),
        ("AccessDeniedException", Cause.DENIED),
        ("UnauthorizedOperation", Cause.DENIED),
        ("AuthorizationError", Cause.DENIED),
        ("403", Cause.DENIED),
        ("ThrottlingException", Cause.THROTTLED),
        ("RequestLimitExceeded", Cause.THROTTLED),
        ("ExpiredToken", Cause.CREDENTIALS),
        ("InvalidClientTokenId", Cause.CREDENTIALS),
        ("UnrecognizedClientException", Cause.CREDENTIALS),
        ("OptInRequired", Cause.CREDENTIALS),
        ("ValidationError", Cause.OTHER),
    ],
)
def test_an_error_code_says_why_a_call_failed(account: Account, code: str, cause: Cause) -> None:
    account.refuse("sts", "GetCallerIdentity", code, "no")
    with pytest.raises(CallError) as caught:
        account.call("sts", "GetCallerIdentity")
    assert (caught.value.cause, caught.value.code) == (cause, code)


def test_a_reason_names_the_permission(account: Account) -> None:
    account.refuse("service-quotas", "GetServiceQuota", "AccessDeniedException", "not authorized")
    with pytest.raises(CallError) as caught:
        account.call("service-quotas", "GetServiceQuota", ServiceCode="vpc", QuotaCode="L-1")
    assert caught.value.reason == "needs the permission servicequotas:GetServiceQuota"


def test_a_call_without_response_is_a_time_out(account: Account) -> None:
    account.time_out("sts")
    with pytest.raises(CallError) as caught:
        account.call("sts", "GetCallerIdentity")
    assert caught.value.cause is Cause.TIMEOUT
    assert caught.value.reason == "sts:GetCallerIdentity has not responded within 5 s"


def test_all_pages_are_read(account: Account) -> None:
    account.respond("ec2", "DescribeVpcs", {"Vpcs": [{"VpcId": "a"}], "NextToken": "more"})
    account.respond("ec2", "DescribeVpcs", {"Vpcs": [{"VpcId": "b"}]})
    found = account.pages("ec2", "DescribeVpcs", "Vpcs")
    assert [each["VpcId"] for each in found] == ["a", "b"]


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (NoCredentialsError(), Cause.CREDENTIALS),
        (EndpointConnectionError(endpoint_url="https://x"), Cause.OTHER),
        (PlatformError("AWS_ENDPOINT_URL: no URL"), Cause.OTHER),
    ],
)
def test_a_client_that_cannot_be_created_fails_the_call(error: Exception, cause: Cause) -> None:
    class Broken(FakeSession):
        def client(self, service: str) -> None:
            raise error

    calls = Calls(Broken())
    with pytest.raises(CallError) as caught:
        calls.call("sts", "GetCallerIdentity")
    assert caught.value.cause is cause
    with pytest.raises(CallError):
        list(calls.pages("ec2", "DescribeVpcs", "Vpcs"))


def test_the_action_of_an_operation_has_the_prefix_of_iam() -> None:
    assert iam_action("ec2", "DescribeVpcs") == "ec2:DescribeVpcs"
    assert iam_action("s3", "ListBuckets") == "s3:ListAllMyBuckets"


def test_credentials_without_an_expiry_are_permanent() -> None:
    assert Calls(FakeSession()).credentials().expires_at is None
