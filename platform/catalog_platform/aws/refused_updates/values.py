"""Compare property values; a value that is no literal is not compared."""

from __future__ import annotations

import json
from typing import Any


def same(old: Any, new: Any) -> bool:
    """Return whether two values are the same JSON; in Python, `true` also equals 1."""
    return bool(old == new) and json.dumps(old, sort_keys=True) == json.dumps(new, sort_keys=True)


def number(value: Any) -> int | None:
    """Return a whole number of a template, which may be text; None for anything else."""
    try:
        return int(value) if isinstance(value, int | str) else None
    except ValueError:
        return None


def version(value: Any) -> tuple[int, ...] | None:
    """Return the parts of a version such as `17.9`; None for anything else."""
    try:
        return tuple(int(part) for part in value.split(".")) if isinstance(value, str) else None
    except ValueError:
        return None


def is_true(value: Any) -> bool:
    """Return whether a property is true, which may be text."""
    return value in (True, "true")


def is_older(new: Any, old: Any) -> bool:
    """Return whether version `new` is older; `17` is not older than `17.9`, of which it is any."""
    before, after = version(old), version(new)
    return before is not None and after is not None and after < before[: len(after)]
