"""Convert the errors of AWS, PostgreSQL and Redis clients to `PlatformError`."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import psycopg
import redis
from botocore.exceptions import BotoCoreError, ClientError

from catalog_platform.errors import PlatformError

FAILURES = (
    BotoCoreError,
    ClientError,
    psycopg.Error,
    redis.RedisError,
    redis.exceptions.RedisClusterException,
)


@contextlib.contextmanager
def translate_errors(service: str, *, hint: str = "") -> Iterator[None]:
    """Raise a one-line `PlatformError` if `service` fails or cannot be reached."""
    try:
        yield
    except FAILURES as error:
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise PlatformError(f"{service}: {reason}", hint=hint) from error
