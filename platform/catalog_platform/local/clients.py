"""AWS clients for the running endpoint, used by `status` and `logs`."""

from __future__ import annotations

from typing import Any

from catalog_platform.local.state import SECRET_ACCESS_KEY, Embedded

TIMEOUT_SECONDS = 5


def client(embedded: Embedded, service: str) -> Any:
    """Return a client with short timeouts, so that a dead endpoint does not block the caller."""
    # Slow to import, and not needed while nothing runs.
    from catalog_platform.aws.client import of_embedded

    return of_embedded(
        service,
        embedded.region,
        endpoint_url=embedded.endpoint_url,
        access_key_id=embedded.account,
        secret_access_key=SECRET_ACCESS_KEY,
        session_token=embedded.session_token,
        read_seconds=TIMEOUT_SECONDS,
        attempts=1,
    )
