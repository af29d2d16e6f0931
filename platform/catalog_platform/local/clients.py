"""AWS clients for the running endpoint, for what `status` and `logs` want to know."""

from __future__ import annotations

from typing import Any

from catalog_platform.local.state import SECRET_ACCESS_KEY, Embedded

TIMEOUT_SECONDS = 5


def client(embedded: Embedded, service: str) -> Any:
    """A client with short timeouts: a dead endpoint must not hold up who asks about it."""
    # Slow to load, and of no use while nothing runs.
    import boto3
    import botocore.session
    from botocore.config import Config

    # A profile that somebody has chosen for accounts of his is none of this endpoint's.
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
