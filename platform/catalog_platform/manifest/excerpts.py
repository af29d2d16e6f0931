"""Source lines of findings, and positions inside YAML scalars."""

from __future__ import annotations

from dataclasses import replace

from catalog_platform.findings import Excerpt, Location
from catalog_platform.manifest.node import ScalarNode
from catalog_platform.yaml_loader import characters

MAXIMUM_WIDTH = 120
CONTEXT = 60
ESCAPES = {"x": 4, "u": 6, "U": 10}  # lengths of \x41, \u0041, \U00000041; all others are 2


def excerpt(text: str, location: Location) -> Excerpt | None:
    """Return the line at a location without terminal control characters; None past the end."""
    lines = text.split("\n")
    if location.line > len(lines):
        return None
    line, caret = lines[location.line - 1].rstrip("\r"), location.column - 1
    if len(line) > MAXIMUM_WIDTH:
        start = max(0, caret - CONTEXT)
        lead, tail = "…" * (start > 0), "…" * (len(line) > start + MAXIMUM_WIDTH)
        line = lead + line[start : start + MAXIMUM_WIDTH] + tail
        caret += len(lead) - start
    shown = list(line)
    for offset, _ in characters.hidden_characters(line):
        shown[offset] = " " if line[offset] == "\t" else "\N{REPLACEMENT CHARACTER}"
    return Excerpt("".join(shown).rstrip(), min(caret, len(line)))


def location_inside(text: str, scalar: ScalarNode, offset: int) -> Location:
    """Return the location of the character at `offset` of a scalar's value.

    The function walks through value and source in parallel, because quotes, escapes, folded line
    ends and indentation are only in the source. If they do not match, it returns the scalar's
    start.
    """
    start = _index(text, scalar.location)
    quote = text[start : start + 1]
    position = start + (1 if quote in "'\"" else 0)
    if quote in "|>":
        position = text.find("\n", start) + 1
    for character in scalar.text[:offset]:
        position = _after(text, position, character, quote)
    position = _skip_space(text, position, scalar.text[offset : offset + 1])
    if not start <= position < len(text):
        return scalar.location
    before = text[start:position]
    if "\n" not in before:
        return replace(scalar.location, column=scalar.location.column + len(before))
    return replace(
        scalar.location,
        line=scalar.location.line + before.count("\n"),
        column=len(before) - before.rfind("\n"),
    )


def _index(text: str, location: Location) -> int:
    index = 0
    for _ in range(location.line - 1):
        index = text.find("\n", index) + 1
    return index + location.column - 1


def _after(text: str, position: int, character: str, quote: str) -> int:
    """Return the position after the source text of `character`."""
    if character.isspace():
        end = position
        while text[end : end + 1].isspace():
            end += 1
        if end > position or text[position : position + 1] != "\\":
            # A line end includes the indentation after it, so later spaces are already consumed.
            return end if "\n" in text[position:end] else min(position + 1, end)
    position = _skip_space(text, position, character)
    if quote == '"' and text[position : position + 1] == "\\":
        return position + ESCAPES.get(text[position + 1 : position + 2], 2)
    return position + (2 if quote == "'" and character == "'" else 1)


def _skip_space(text: str, position: int, character: str) -> int:
    if not character.isspace():
        while text[position : position + 1].isspace():
            position += 1
    return position
