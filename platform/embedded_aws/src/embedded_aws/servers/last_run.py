"""Ports and secrets that the next start reuses.

Deployed resources hold them, so they stay the same as long as the data does.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, field, replace

from embedded_aws.servers import ports
from embedded_aws.servers.layout import Layout, write_private

SECRET_BYTES = 32


def _secret() -> str:
    return secrets.token_urlsafe(SECRET_BYTES)


@dataclass(frozen=True, slots=True)
class RunSettings:
    """The ports and secrets of a run; secrets are random and belong to one set of data."""

    postgres_password: str = field(repr=False)
    postgres_port: int
    cache_port: int
    endpoint_port: int
    cache_password: str = field(default_factory=_secret, repr=False)
    session_token: str = field(default_factory=_secret, repr=False)


def prepare(
    layout: Layout, endpoint_port: int | None = None
) -> tuple[RunSettings, RunSettings | None]:
    """Return the settings of this run and those of the last run, if there was one.

    `endpoint_port` is the port that the user asked for.

    Raises `EmbeddedAwsError` when that port is in use.
    """
    before = last(layout)
    fresh = ports.choose(3)
    preferred = [before.postgres_port, before.cache_port, before.endpoint_port] if before else fresh
    postgres, cache, endpoint = (
        old if ports.is_free(old) else new for old, new in zip(preferred, fresh, strict=True)
    )
    if endpoint_port is not None:
        endpoint = ports.require(endpoint_port, "the AWS endpoint")
    if before is None:
        now = RunSettings(_secret(), postgres, cache, endpoint)
    else:
        now = replace(before, postgres_port=postgres, cache_port=cache, endpoint_port=endpoint)
    write_private(layout.run_settings, json.dumps(asdict(now)))
    return now, before


def changed_ports(before: RunSettings | None, now: RunSettings) -> dict[int, int]:
    """Return old to new port for each port that has changed; empty for the first run."""
    if before is None:
        return {}
    pairs = (
        (before.postgres_port, now.postgres_port),
        (before.cache_port, now.cache_port),
        (before.endpoint_port, now.endpoint_port),
    )
    return {old: new for old, new in pairs if old != new}


def last(layout: Layout) -> RunSettings | None:
    """Return the settings of the last run, or None if there was none."""
    try:
        return RunSettings(**json.loads(layout.run_settings.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
