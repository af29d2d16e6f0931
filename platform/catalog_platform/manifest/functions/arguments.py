"""What functions say about arguments that they cannot use."""

from __future__ import annotations

from typing import Any


def words(value: Any, name: str = "it") -> str:
    """The argument, which must be text. Raises `ValueError`."""
    if not isinstance(value, str):
        raise ValueError(f"{name} wants text")
    return value


def whole(value: Any, name: str, low: int, high: int) -> int:
    """The argument, which must be a whole number within bounds. Raises `ValueError`."""
    if type(value) is not int or not low <= value <= high:
        raise ValueError(f"{name} wants a whole number, {low} to {high}")
    return value
