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
    ("minutes", "options", "status"),
    [
        (None, {"temporary": False}, Status.PASSED),
        (120, {}, Status.PASSED),
        (10, {"renewed": True}, Status.PASSED),
        (50, {}, Status.WARNING),
        (20, {}, Status.WARNING),
        (10, {}, Status.FAILED),
        (-5, {}, Status.FAILED),
        (None, {}, Status.NOT_CHECKED),
    ],
)
def test_the_session_is_compared_with_the_time_of_a_deployment(
    account: Account, minutes: float | None, options: dict[str, bool], status: Status
) -> None:
    context = a_context(account, credentials=lifetime(minutes, **options))
    assert context.manifest.release.deploy_timeout_minutes == 60
    (result,) = run(CHECK, context)
    assert result.status is status
    if status in (Status.WARNING, Status.FAILED):
        assert "role-duration-seconds" in result.hint
        assert result.key == "release.deploy_timeout_minutes"


def test_environment_credentials_without_expiry_say_so(account: Account) -> None:
    (result,) = run(CHECK, a_context(account, credentials=lifetime(None)))
    assert result.message == "the credentials from 'env' are temporary, and carry no expiry"
