"""Ports, passwords and the session token that go with the data: what was deployed keeps them."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, field, replace

from catalog_platform.local import ports
from catalog_platform.local.layout import Layout, write_private

SECRET_BYTES = 32


def _secret() -> str:
    return secrets.token_urlsafe(SECRET_BYTES)


@dataclass(frozen=True, slots=True)
class Memory:
    """What one start leaves for the next; secrets are random, one set for each set of data."""

    postgres_password: str = field(repr=False)
    postgres_port: int
    cache_port: int
    endpoint_port: int
    cache_password: str = field(default_factory=_secret, repr=False)
    session_token: str = field(default_factory=_secret, repr=False)


def recall(layout: Layout, endpoint_port: int | None = None) -> tuple[Memory, Memory | None]:
    """The ports and the secrets to use now, and those of the last start if there was one.

    `endpoint_port` is a wish of the user. Raises `PlatformError` when that port is in use.
    """
    before = last(layout)
    fresh = ports.choose(3)
    wanted = [before.postgres_port, before.cache_port, before.endpoint_port] if before else fresh
    postgres, cache, endpoint = (
        old if ports.is_free(old) else new for old, new in zip(wanted, fresh, strict=True)
    )
    if endpoint_port is not None:
        endpoint = ports.require(endpoint_port, "the AWS endpoint")
    if before is None:
        now = Memory(_secret(), postgres, cache, endpoint)
    else:
        now = replace(before, postgres_port=postgres, cache_port=cache, endpoint_port=endpoint)
    write_private(layout.memory, json.dumps(asdict(now)))
    return now, before


def moves(before: Memory | None, now: Memory) -> dict[int, int]:
    """The ports that differ from last time, old to new; empty at the first start."""
    if before is None:
        return {}
    pairs = (
        (before.postgres_port, now.postgres_port),
        (before.cache_port, now.cache_port),
        (before.endpoint_port, now.endpoint_port),
    )
    return {old: new for old, new in pairs if old != new}


def last(layout: Layout) -> Memory | None:
    """What the last start left, None when there was none."""
    try:
        return Memory(**json.loads(layout.memory.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
