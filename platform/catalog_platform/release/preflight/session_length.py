"""Compare the remaining lifetime of the credentials with the time that a deployment may take."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from catalog_platform.release.preflight.context import Context
from catalog_platform.release.preflight.model import (
    Check,
    Result,
    failed,
    not_checked,
    passed,
    warning,
)

# Assets are uploaded and the change set is created within this time; CloudFormation then
# continues without the caller.
MINIMUM_MINUTES = 15
KEY = "release.deploy_timeout_minutes"
HINT = (
    "get new credentials with a longer session: role-duration-seconds of the action"
    " aws-actions/configure-aws-credentials, the session duration of the permission set, or"
    " duration_seconds of the profile; the role's maximum session duration must allow it"
)


def _run(context: Context) -> Iterator[Result]:
    lifetime = context.credentials()
    if not lifetime.is_temporary and lifetime.expires_at is None:
        yield passed("the credentials do not expire")
    elif lifetime.expires_at is None:
        yield not_checked(
            f"the credentials from '{lifetime.source}' are temporary, and carry no expiry",
            hint="set AWS_CREDENTIAL_EXPIRATION beside them to have it checked",
        )
    elif lifetime.is_renewed:
        yield passed(f"the credentials from '{lifetime.source}' are renewed")
    else:
        yield _compared(lifetime.expires_at, context.manifest.release.deploy_timeout_minutes)


def _compared(expires_at: datetime, allowed_minutes: int) -> Result:
    left = (expires_at - datetime.now(UTC)).total_seconds() / 60
    message = f"the credentials expire in {max(left, 0):.0f} minutes"
    if left < MINIMUM_MINUTES:
        return failed(
            f"{message}; a deployment needs at least {MINIMUM_MINUTES}", hint=HINT, key=KEY
        )
    if left < allowed_minutes:
        return warning(
            f"{message}, and the deployment may take {allowed_minutes}; CloudFormation continues"
            " after that, but its result is not reported",
            hint=HINT,
            key=KEY,
        )
    return passed(message)


CHECK = Check(
    name="session-length",
    looks_at="When the caller's credentials expire, compared with"
    " `release.deploy_timeout_minutes`. Credentials that the SDK renews pass.",
    blind_to="The expiry of temporary credentials in environment variables or files, which carry"
    " none; when a sign-in ends from which credentials are renewed.",
    actions=(),
    run=_run,
)
