"""Whatever client library notices that a place cannot be used: one kind of error for all."""

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
def reachable(place: str, *, hint: str = "") -> Iterator[None]:
    """Raise `PlatformError`, in one line, when `place` fails or cannot be reached."""
    try:
        yield
    except FAILURES as error:
        reason = str(error).strip().partition("\n")[0] or type(error).__name__
        raise PlatformError(f"{place}: {reason}", hint=hint) from error
