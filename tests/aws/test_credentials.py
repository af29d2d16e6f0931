from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.credentials import Credentials, DeferredRefreshableCredentials, RefreshableCredentials

from catalog_platform.aws.credentials import WEB_IDENTITY, CredentialLifetime, lifetime
from catalog_platform.aws.session import Session

LATER = datetime.now(UTC).replace(microsecond=0) + timedelta(hours=1)


def refreshed() -> dict[str, str]:
    return {
        "access_key": "key",
        "secret_key": "secret",
        "token": "token",
        "expiry_time": LATER.isoformat(),
    }


def refreshable(method: str) -> RefreshableCredentials:
    return RefreshableCredentials("key", "secret", "token", LATER, refreshed, method)


@pytest.mark.parametrize(
    ("credentials", "expected"),
    [
        (Credentials("key", "secret", None, "env"), CredentialLifetime("env", None, False, False)),
        (Credentials("key", "secret", "t", "env"), CredentialLifetime("env", None, True, False)),
        (refreshable("env"), CredentialLifetime("env", LATER, True, False)),
        (refreshable("sso"), CredentialLifetime("sso", LATER, True, True)),
        (refreshable(WEB_IDENTITY), CredentialLifetime(WEB_IDENTITY, LATER, True, False)),
        # Its expiry is known after the first request only.
        (
            DeferredRefreshableCredentials(refreshed, "assume-role"),
            CredentialLifetime("assume-role", LATER, True, True),
        ),
        (None, CredentialLifetime("none", None, False, False)),
    ],
)
def test_the_lifetime_is_what_botocore_knows(
    credentials: Any, expected: CredentialLifetime
) -> None:
    assert lifetime(credentials) == expected


def test_an_expiry_in_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_SESSION_TOKEN": "token",
        "AWS_CREDENTIAL_EXPIRATION": LATER.isoformat(),
    }.items():
        monkeypatch.setenv(name, value)
    found = lifetime(Session("eu-west-1").client_factory().credentials())
    assert found == CredentialLifetime("env", LATER, True, False)
