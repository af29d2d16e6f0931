"""What functions say about arguments that they cannot use."""

from __future__ import annotations

from typing import Any

MAXIMUM_TEXT = 4096


def words(value: Any, name: str = "it") -> str:
    """The argument, which must be text. Raises `ValueError`."""
    if not isinstance(value, str):
        raise ValueError(f"{name} wants text")
    return value


def number(value: Any, name: str = "it") -> int | float:
    """The argument, which must be a number. Raises `ValueError`."""
    if type(value) is int or type(value) is float:
        return value
    raise ValueError(f"{name} wants a number")


def whole(value: Any, name: str, low: int, high: int) -> int:
    """The argument, which must be a whole number within bounds. Raises `ValueError`."""
    if type(value) is not int or not low <= value <= high:
        raise ValueError(f"{name} wants a whole number, {low} to {high}")
    return value


def several(value: Any, name: str = "it") -> list[Any]:
    """The argument, which must be a list with something in it. Raises `ValueError`."""
    if not isinstance(value, list) or not value:
        raise ValueError(f"{name} wants a list that is not empty")
    return value
