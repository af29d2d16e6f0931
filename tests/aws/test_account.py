from __future__ import annotations

import pytest

from catalog_platform.aws.account import require_account
from catalog_platform.aws.api_errors import CredentialsError
from catalog_platform.errors import PlatformError
from support.stubbed import ACCOUNT, StubbedSession

IDENTITY = {"Account": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:user/a", "UserId": "a"}


def test_credentials_of_the_account_are_accepted() -> None:
    with StubbedSession("sts") as session:
        session.answer("sts", "get_caller_identity", IDENTITY)
        require_account(session, "prod", ACCOUNT)


def test_credentials_of_another_account_are_refused_with_both_accounts() -> None:
    with StubbedSession("sts") as session:
        session.answer("sts", "get_caller_identity", IDENTITY)
        with pytest.raises(PlatformError, match="is in account 111111111111") as caught:
            require_account(session, "prod", "111111111111")
    assert f"belong to account {ACCOUNT} ({IDENTITY['Arn']})" in caught.value.message


def test_expired_credentials_are_named_as_such() -> None:
    with StubbedSession("sts") as session:
        session.refuse("sts", "get_caller_identity", "ExpiredToken")
        with pytest.raises(CredentialsError, match="expired"):
            require_account(session, "prod", ACCOUNT)
