"""Update stored state when ports change between two starts.

Functions, stacks and secrets contain the ports of the database and the cache, and URLs of the
endpoint. The emulator's state files are rewritten before it loads them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from embedded_aws.servers.layout import write_private

# Services whose state may contain our ports; in others, such a number is user data.
STATES = ("cloudformation", "elasticache", "lambda", "rds", "secretsmanager", "sqs", "ssm")
# The emulator's key for binary content, which is code or payload.
BINARY = "__bytes__"


def rewrite_state(states: Path, moves: Mapping[int, int]) -> None:
    """Rewrite the state files of `STATES` in place; `moves` maps old ports to new ones."""
    for path in (states / f"{name}.json" for name in STATES):
        if path.exists():
            stored = json.loads(path.read_text(encoding="utf-8"))
            write_private(path, json.dumps(rewritten(stored, moves)))


def rewritten(value: Any, moves: Mapping[int, int]) -> Any:
    """Return a copy of `value` with old ports replaced, in numbers and within strings."""
    if isinstance(value, dict):
        if BINARY in value:
            return value
        return {_text(key, moves): rewritten(entry, moves) for key, entry in value.items()}
    if isinstance(value, list):
        return [rewritten(entry, moves) for entry in value]
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
