"""Clients of AWS services with bounded waits."""

from __future__ import annotations

from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config


@cache
def session() -> Any:
    """The botocore session of the execution environment: its region and its IAM credentials."""
    return botocore.session.get_session()


def client(service: str, *, connect_seconds: float, read_seconds: float, attempts: int) -> Any:
    """A botocore client; a call takes at most `attempts` x (connect + read) plus short pauses."""
    return session().create_client(
        service,
        config=Config(
            connect_timeout=connect_seconds,
            read_timeout=read_seconds,
            retries={"total_max_attempts": attempts, "mode": "standard"},
            tcp_keepalive=True,
        ),
    )
