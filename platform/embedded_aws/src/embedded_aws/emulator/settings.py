"""Settings of the adapter, from a file: functions would inherit environment variables."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_TEXTS = ("postgres_url", "cache_password", "session_token")


@dataclass(frozen=True, slots=True)
class Settings:
    """The adapter's settings; ministack's are environment variables."""

    postgres_url: str = field(repr=False)
    cache_password: str = field(repr=False)
    session_token: str = field(repr=False)
    checkpoints: Path
    records: Path
    scratch: Path
    databases: Path
    logs: Path
    children: Path

    @classmethod
    def load(cls, path: Path) -> Settings:
        """Read the file that the launcher has written."""
        stored = json.loads(path.read_text(encoding="utf-8"))
        found: dict[str, Any] = {
            name: value if name in _TEXTS else Path(value) for name, value in stored.items()
        }
        return cls(**found)


def own_endpoint() -> str:
    """Return the URL at which this process serves AWS."""
    return f"http://127.0.0.1:{own_port()}"


def own_port() -> int:
    """Return the port at which this process serves AWS."""
    return int(os.environ["GATEWAY_PORT"])
