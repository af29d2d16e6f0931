from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from catalog_platform.aws.credentials import CredentialLifetime
from catalog_platform.release.preflight.model import Status
from catalog_platform.release.preflight.session_length import CHECK
from support.preflight import Account, a_context, run


def lifetime(
    minutes: float | None, *, temporary: bool = True, renewed: bool = False
) -> CredentialLifetime:
    expires = None if minutes is None else datetime.now(UTC) + timedelta(minutes=minutes)
    return CredentialLifetime("env", expires, is_temporary=temporary, is_renewed=renewed)


# The test environment allows a deployment 60 minutes.
@pytest.mark.parametrize(
    ("credentials", "status"),
    [
        (lifetime(None, temporary=False), Status.PASSED),
        (lifetime(120), Status.PASSED),
        (lifetime(10, renewed=True), Status.PASSED),
        (lifetime(59), Status.WARNING),
        (lifetime(16), Status.WARNING),
        (lifetime(14), Status.FAILED),
        (lifetime(-5), Status.FAILED),
        (lifetime(None), Status.NOT_CHECKED),
    ],
)
def test_the_session_is_compared_with_the_time_of_a_deployment(
    account: Account, credentials: CredentialLifetime, status: Status
) -> None:
    context = a_context(account, credentials=credentials)
    assert context.manifest.release.deploy_timeout_minutes == 60
    (result,) = run(CHECK, context)
    assert result.status is status
    if status in (Status.WARNING, Status.FAILED):
        assert "role-duration-seconds" in result.hint
        assert result.key == "release.deploy_timeout_minutes"


def test_environment_credentials_without_expiry_say_so(account: Account) -> None:
    (result,) = run(CHECK, a_context(account, credentials=lifetime(None)))
    assert result.message == "the credentials from 'env' are temporary, and carry no expiry"
