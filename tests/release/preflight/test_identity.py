from __future__ import annotations

import email.utils
import time
from typing import Any

import pytest

from catalog_platform.errors import PlatformError
from catalog_platform.release.preflight.calls import CallError, Cause
from catalog_platform.release.preflight.context import Caller
from catalog_platform.release.preflight.identity import CHECK, clock_difference, identify
from catalog_platform.release.preflight.model import Status
from support.preflight import ACCOUNT, REGION, Account, a_context, run, statuses

ARN = f"arn:aws:iam::{ACCOUNT}:user/somebody"


def response(ahead: float = 0.0) -> dict[str, Any]:
    """Return AWS's response when this machine's clock is ahead by some seconds."""
    date = email.utils.formatdate(time.time() - ahead, usegmt=True)
    return {
        "Account": ACCOUNT,
        "Arn": ARN,
        "ResponseMetadata": {"HTTPHeaders": {"date": date}},
    }


def test_the_caller_has_an_account_a_name_and_a_clock(account: Account) -> None:
    account.respond("sts", "GetCallerIdentity", response(ahead=100))
    caller = identify(account, REGION)
    assert (caller.account, caller.arn) == (ACCOUNT, ARN)
    assert caller.clock_seconds == pytest.approx(100, abs=5)


@pytest.mark.parametrize(
    "code", ["ExpiredToken", "InvalidClientTokenId", "UnrecognizedClientException"]
)
def test_unusable_credentials_are_one_error(account: Account, code: str) -> None:
    account.refuse("sts", "GetCallerIdentity", code, "The security token is expired")
    with pytest.raises(PlatformError) as caught:
        identify(account, REGION)
    message = "there are no valid AWS credentials: The security token is expired"
    assert caught.value.message == message
    assert "aws sso login" in caught.value.hint
    assert f"get-region-opt-status --region-name {REGION}" in caught.value.hint


def test_no_response_is_one_error(account: Account) -> None:
    account.time_out("sts")
    with pytest.raises(PlatformError, match="has not responded within 5 s") as caught:
        identify(account, REGION)
    assert "network" in caught.value.hint


def test_a_wrong_clock_is_named_instead_of_the_signature() -> None:
    class Refusing(Account):
        def call(self, service: str, operation: str, **_: Any) -> Any:
            date = email.utils.formatdate(time.time() + 7200, usegmt=True)
            raise CallError(Cause.CREDENTIALS, "sts:GetCallerIdentity", "expired", date=date)

    with pytest.raises(
        PlatformError, match=r"this machine's clock differs by 7[12][0-9]{2} s"
    ) as caught:
        identify(Refusing(), REGION)
    assert "timedatectl" in caught.value.hint


@pytest.mark.parametrize(
    ("date", "seconds"),
    [
        ("Thu, 01 Jan 1970 00:01:40 GMT", 0.0),
        ("Thu, 01 Jan 1970 00:01:00 GMT", 40.0),
        ("Thu, 01 Jan 1970 00:01:40 -0000", 0.0),
        ("", None),
        ("yesterday", None),
    ],
)
def test_the_clock_is_compared_with_the_header(date: str, seconds: float | None) -> None:
    assert clock_difference(date, 100.0) == seconds


def test_account_and_region_of_the_manifest_pass(account: Account) -> None:
    (result,) = run(CHECK, a_context(account))
    assert result.status is Status.PASSED
    assert "region eu-west-1" in result.message


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        (
            {"caller": Caller("999999999999", "arn:aws:iam::999999999999:user/x", 0.0)},
            "the credentials are of account 999999999999",
        ),
        ({"account": "999999999999"}, "the assembly is made for account 999999999999"),
        ({"region": "eu-north-1"}, "the assembly is made for region eu-north-1"),
    ],
)
def test_another_account_or_region_fails(
    account: Account, changes: dict[str, Any], named: str
) -> None:
    results = run(CHECK, a_context(account, **changes))
    assert statuses(results) == [Status.FAILED]
    assert named in results[0].message
    assert results[0].hint
    assert results[0].key.startswith("environment.")
