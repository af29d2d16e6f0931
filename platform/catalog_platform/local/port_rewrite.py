"""Ports that had to change between two starts: what was deployed under the old ones follows.

Functions, stacks and secrets hold the ports of the database and the cache, and addresses of the
endpoint. They are rewritten in the emulator's stored state, before it is loaded.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from catalog_platform.local.layout import write_private

# Services whose state may name a port of ours; in others, such a number is somebody's data.
STATES = ("cloudformation", "elasticache", "lambda", "rds", "secretsmanager", "sqs")
# The emulator's mark of binary content, which is code or payload.
BINARY = "__bytes__"


def relocate(states: Path, moves: Mapping[int, int]) -> None:
    """Rewrite the stored state of those services in place; `moves` is old port to new port."""
    for path in (states / f"{name}.json" for name in STATES):
        if path.exists():
            stored = json.loads(path.read_text(encoding="utf-8"))
            write_private(path, json.dumps(moved(stored, moves)))


def moved(value: Any, moves: Mapping[int, int]) -> Any:
    """The same value with every old port, as a number or within a text, replaced by the new."""
    if isinstance(value, dict):
        if BINARY in value:
            return value
        return {_text(key, moves): moved(entry, moves) for key, entry in value.items()}
    if isinstance(value, list):
        return [moved(entry, moves) for entry in value]
    if isinstance(value, str):
        return _text(value, moves)
    if isinstance(value, int) and not isinstance(value, bool):
        return moves.get(value, value)
    return value


def _text(value: str, moves: Mapping[int, int]) -> str:
    pattern = "|".join(str(old) for old in moves)
    return re.sub(
        rf"(?<![\w.-])({pattern})(?![\w.-])", lambda found: str(moves[int(found[1])]), value
    )
