"""How long the caller's credentials are valid, as far as this machine knows.

https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

# Sources that get new credentials before the old ones expire, for as long as they work themselves.
RENEWED = ("assume-role", "container-role", "custom-process", "iam-role", "sso")
# The token of this source is a file, which can expire before it is replaced.
WEB_IDENTITY = "assume-role-with-web-identity"


@dataclass(frozen=True, slots=True)
class CredentialLifetime:
    """The lifetime of credentials.

    `source` is botocore's name of where they come from, such as `env` or `sso`. `expires_at` is
    None when it is unknown, and for credentials that don't expire. `is_temporary` is false for the
    access key of a user. `is_renewed` says whether the SDK gets new ones by itself.
    """

    source: str
    expires_at: datetime | None
    is_temporary: bool
    is_renewed: bool


def lifetime(credentials: Any) -> CredentialLifetime:
    """Return the lifetime of botocore's credentials; None counts as without expiry.

    Raises botocore's errors when they can't be looked up.
    """
    if credentials is None:
        return CredentialLifetime("none", None, is_temporary=False, is_renewed=False)
    # Some sources ask for the credentials, and with them for their expiry, on the first use.
    frozen = credentials.get_frozen_credentials()
    # botocore has no public name for it; without it, the expiry is unknown.
    expires_at = getattr(credentials, "_expiry_time", None)
    source = str(credentials.method)
    return CredentialLifetime(
        source,
        expires_at.astimezone(UTC) if isinstance(expires_at, datetime) else None,
        is_temporary=bool(frozen.token),
        is_renewed=source in RENEWED,
    )
