"""Detection of invisible characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

# Control, format (bidirectional overrides, zero width), surrogate, private, unassigned, and the
# line and paragraph separators, which only some editors treat as line ends.
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def hidden_characters(text: str, *, allowed: str = "") -> Iterator[tuple[int, str]]:
    """Yield offset and name of every invisible character, except those in `allowed`."""
    if text.isascii() and text.isprintable():
        return
    for offset, character in enumerate(text):
        if character not in allowed and unicodedata.category(character) in HIDDEN:
            yield offset, character_name(character)


def character_name(character: str) -> str:
    """Return code point and name: `U+202E RIGHT-TO-LEFT OVERRIDE`."""
    name = unicodedata.name(character, "control character")
    return f"U+{ord(character):04X} {name}"
