"""Validation of the arguments of functions."""

from __future__ import annotations

from typing import Any


def require_text(value: Any, name: str = "it") -> str:
    """Return the argument if it is text. Raises `ValueError` otherwise."""
    if not isinstance(value, str):
        raise ValueError(f"{name} must be text")
    return value


def require_integer(value: Any, name: str, low: int, high: int) -> int:
    """Return the argument if it is a whole number within bounds. Raises `ValueError` otherwise."""
    if type(value) is not int or not low <= value <= high:
        raise ValueError(f"{name} must be a whole number from {low} to {high}")
    return value
