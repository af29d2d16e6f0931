"""Text from manifests and templates inside of Markdown, where it can't become markup."""

from __future__ import annotations

import re

# Characters with a meaning nowhere in Markdown or HTML.
PLAIN = re.compile(r"[^A-Za-z0-9 .,:/…→()%=+;-]")
# Control characters have no entity, and could reorder or hide other text.
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
WIDTH = 80


def escaped(text: str) -> str:
    """Return a text on one line, in which every character with a meaning is an entity."""
    visible = CONTROL.sub("\ufffd", " ".join(text.split()))
    return PLAIN.sub(lambda found: f"&#{ord(found[0])};", visible)


def code(text: str, width: int = WIDTH) -> str:
    """Return a text of at most `width` characters in a monospaced font."""
    shown = " ".join(text.split())
    shown = shown if len(shown) <= width else f"{shown[: width - 1]}…"
    return f"<code>{escaped(shown)}</code>"
