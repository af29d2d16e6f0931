"""Tables of Markdown that share a limited number of characters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from catalog_platform.plural import plural


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A table with a title, all of whose texts are Markdown already.

    Without a `fold` it is always shown; a fold can be open or closed at first. Columns after the
    first are aligned to the right if they have `numbers`.
    """

    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    numbers: bool = False
    fold: Literal["", "open", "closed"] = ""

    @property
    def head(self) -> str:
        """Return what is before the rows."""
        if self.fold:
            opened = " open" if self.fold == "open" else ""
            title = f"\n<details{opened}><summary>{self.title}</summary>\n\n"
        else:
            title = f"\n**{self.title}**\n\n" if self.title and self.rows else f"\n{self.title}\n"
        if not self.rows:
            return title
        rule = (
            "|---" + "|--:" * (len(self.columns) - 1)
            if self.numbers
            else "|---" * len(self.columns)
        )
        return f"{title}| {' | '.join(self.columns)} |\n{rule}|\n"

    @property
    def tail(self) -> str:
        """Return what is after the rows."""
        return "\n</details>\n" if self.fold else ""

    @property
    def lines(self) -> list[str]:
        """Return the rows as lines."""
        return [f"| {' | '.join(row)} |\n" for row in self.rows]


def fitting(sections: Sequence[Section], room: int, rest: str) -> str:
    """Return the sections in at most `room` characters; `rest` is where the rows left out are.

    Each section may have an equal share, and what the ones before it and those after it don't need.
    """
    needed = [_length(each) for each in sections]
    share = room // max(1, len(sections))
    text = ""
    for at, section in enumerate(sections):
        later = sum(min(each, share) for each in needed[at + 1 :])
        text += _cut(section, room - len(text) - later, rest)
    return text


def _length(section: Section) -> int:
    return len(section.head) + sum(map(len, section.lines)) + len(section.tail)


def _cut(section: Section, room: int, rest: str) -> str:
    """Return a section in at most `room` characters."""
    if _length(section) <= room:
        return section.head + "".join(section.lines) + section.tail
    text, lines = section.head, section.lines
    for at, line in enumerate(lines):
        more = f"\n**{plural(len(lines) - at, 'more row')} not shown.** {rest}\n"
        if len(text) + len(line) + len(more) + 2 + len(section.tail) > room:
            return text + more + section.tail
        text += line
    return text + section.tail
