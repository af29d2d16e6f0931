"""What the launcher tells the adapter, by file: an environment would reach every function."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Settings:
    """The adapter's own settings; ministack's come from the environment."""

    postgres_url: str
    checkpoints: Path
    records: Path
    scratch: Path
    databases: Path
    logs: Path
    children: Path

    @classmethod
    def load(cls, path: Path) -> Settings:
        """Read the file that the launcher wrote."""
        stored = json.loads(path.read_text(encoding="utf-8"))
        url = stored.pop("postgres_url")
        return cls(url, **{name: Path(value) for name, value in stored.items()})


def own_endpoint() -> str:
    """The address at which this very process serves AWS."""
    return f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}"
