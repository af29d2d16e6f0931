"""Choices that a reader may take for a switch: true and false as words of a list of choices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

WORDS: Mapping[bool, tuple[str, ...]] = {
    True: ("enabled", "required"),
    False: ("disabled", "off"),
}


def advice(value: Any, schema: Mapping[str, Any]) -> str:
    """Return which choice of a key's schema means a boolean `value`; empty when none does."""
    choices = schema.get("enum", ())
    if not isinstance(value, bool) or not choices:
        return ""
    word = next((word for word in WORDS[value] if word in choices), "")
    return f"write {word}" if word else ""
