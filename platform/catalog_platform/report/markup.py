"""Text from manifests and templates inside of Markdown, where it can't become markup."""

from __future__ import annotations

import re

# Characters with a meaning nowhere in Markdown or HTML.
PLAIN = re.compile(r"[^A-Za-z0-9 .,:/…→()%=+;-]")
# Control characters have no entity, and could reorder or hide other text.
CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# GitHub links `@name` and `#1` after it has decoded entities, and notifies who is mentioned; not in
# code. A zero-width space in between prevents that, as Renovate does it:
# https://github.com/renovatebot/renovate/blob/main/lib/util/markdown.ts
LINKED = re.compile(r"&#(64|35);")
WIDTH = 80


def escaped(text: str) -> str:
    """Return a text on one line, in which every character with a meaning is an entity.

    No name in it is mentioned.
    """
    return LINKED.sub(r"&#\1;&#8203;", _entities(text))


def _entities(text: str) -> str:
    visible = CONTROL.sub("\ufffd", " ".join(text.split()))
    return PLAIN.sub(lambda found: f"&#{ord(found[0])};", visible)


def code(text: str, width: int = WIDTH) -> str:
    """Return a text of at most `width` characters in a monospaced font."""
    shown = " ".join(text.split())
    shown = shown if len(shown) <= width else f"{shown[: width - 1]}…"
    return f"<code>{_entities(shown)}</code>"
