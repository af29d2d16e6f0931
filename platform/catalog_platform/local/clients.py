"""AWS clients for the running endpoint, used by `status` and `logs`."""

from __future__ import annotations

from typing import Any

from catalog_platform.local.state import SECRET_ACCESS_KEY, Embedded

TIMEOUT_SECONDS = 5


def client(embedded: Embedded, service: str) -> Any:
    """Return a client with short timeouts, so that a dead endpoint does not block the caller."""
    # Slow to import, and not needed while nothing runs.
    import boto3
    import botocore.session
    from botocore.config import Config

    # Ignore AWS_PROFILE: it names credentials for real accounts.
    core = botocore.session.Session(session_vars={"profile": (None, None, None, None)})
    return boto3.session.Session(botocore_session=core).client(
        service,
        endpoint_url=embedded.endpoint_url,
        region_name=embedded.region,
        aws_access_key_id=embedded.account,
        aws_secret_access_key=SECRET_ACCESS_KEY,
        aws_session_token=embedded.session_token,
        config=Config(
            connect_timeout=TIMEOUT_SECONDS,
            read_timeout=TIMEOUT_SECONDS,
            retries={"total_max_attempts": 1},
        ),
    )
