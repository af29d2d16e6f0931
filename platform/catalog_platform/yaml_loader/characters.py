"""Characters that hide something from the person who reads a manifest."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

# Control, format (bidirectional overrides, zero width), surrogate, private, unassigned, and the
# line and paragraph separators that some editors take for line ends and others do not.
HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def hidden(text: str, *, allowed: str = "") -> Iterator[tuple[int, str]]:
    """Offset and name of every character that cannot be seen, apart from those allowed."""
    if text.isascii() and text.isprintable():
        return
    for offset, character in enumerate(text):
        if character not in allowed and unicodedata.category(character) in HIDDEN:
            yield offset, describe(character)


def describe(character: str) -> str:
    """`U+202E RIGHT-TO-LEFT OVERRIDE`."""
    name = unicodedata.name(character, "control character")
    return f"U+{ord(character):04X} {name}"
