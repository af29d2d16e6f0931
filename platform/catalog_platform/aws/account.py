"""The account that the caller's credentials belong to."""

from __future__ import annotations

from catalog_platform.aws.api_errors import calling
from catalog_platform.aws.session import Session
from catalog_platform.errors import PlatformError


def require_account(session: Session, environment: str, account: str) -> None:
    """Raise `PlatformError` unless the credentials belong to the environment's account.

    The call needs no permission.
    https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
    """
    with calling("sts:GetCallerIdentity", environment):
        identity = session.client("sts").get_caller_identity()
    if identity["Account"] != account:
        raise PlatformError(
            f"{environment} is in account {account}, but the credentials belong to account "
            f"{identity['Account']} ({identity['Arn']})",
            hint="sign in to the account of the environment (environment.account)",
        )
