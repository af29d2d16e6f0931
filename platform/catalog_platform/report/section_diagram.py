"""Lay out a diagram of a stack's sections, with the changes of each and what they touch.

A section is the first construct of a resource's path. An arrow leads from the section of a changed
resource to that of one which changes because it refers to it.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from catalog_platform.plan.model import Change
from catalog_platform.plan.verdict import Verdict

# More boxes than these can't be read; the sections with the worst changes are drawn.
MAXIMUM = 24
WIDTH, HEIGHT, GAP_X, GAP_Y, MARGIN = 216, 70, 56, 24, 8
COLUMNS = 4
# Characters that fit into a box.
NAME_LENGTH = 24
COUNTS_LENGTH, COUNTS_LINES = 30, 2
NO_BREAK = "\u00a0"

# The number of references from a section to a resource of another, by the pair.
Edges = Counter[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A section, at a position in pixels, with the lines of its counts and its worst verdict."""

    name: str
    counts: tuple[str, ...]
    verdict: str
    x: int
    y: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrow:
    """A curve as SVG path data. `is_mutual` is whether it leads both ways."""

    path: str
    is_mutual: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagram:
    """Boxes and arrows of a width and height in pixels, and the same as a sentence.

    `left_out` is the number of sections without a box.
    """

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    width: int
    height: int
    description: str
    left_out: int
    box_width: int = WIDTH
    box_height: int = HEIGHT


def section(resource: str) -> str:
    """Return the section that a construct path belongs to."""
    return resource.partition("/")[0]


def diagram(found: Sequence[Change]) -> Diagram:
    """Return the diagram of an environment's changes."""
    verdicts: dict[str, Counter[Verdict]] = {}
    for change in found:
        verdicts.setdefault(section(change.resource), Counter())[Verdict(change.verdict)] += 1
    every = sorted(verdicts, key=lambda name: (-max(verdicts[name]).rank, name))
    names = every[:MAXIMUM]
    edges = _edges(found, frozenset(names))
    at = _positions(names, edges)
    boxes = tuple(_box(name, verdicts[name], *at[name]) for name in names)
    return Diagram(
        boxes=boxes,
        arrows=tuple(_arrows(edges, at)),
        width=max((box.x for box in boxes), default=0) + WIDTH + MARGIN,
        height=max((box.y for box in boxes), default=0) + HEIGHT + 2 * MARGIN,
        description=_description(boxes, edges),
        left_out=len(every) - len(names),
    )


def counts(found: Mapping[Verdict, int]) -> str:
    """Return the number of changes per verdict, the worst first."""
    worst_first = sorted(found, key=lambda verdict: -verdict.rank)
    return ", ".join(
        f"{found[each]} {each.value.replace('_', ' ')}" for each in worst_first if found[each]
    )


def _edges(found: Iterable[Change], names: frozenset[str]) -> Edges:
    sections = {change.logical_id: section(change.resource) for change in found}
    pairs = (
        (sections[via], section(change.resource))
        for change in found
        for via in change.via
        if via in sections
    )
    return Counter(pair for pair in pairs if pair[0] != pair[1] and names.issuperset(pair))


def _positions(names: Sequence[str], edges: Edges) -> dict[str, tuple[int, int]]:
    """Return the corner of each box: connected ones in columns from left to right, then a grid."""
    connected = {name for edge in edges for name in edge}
    columns: dict[int, list[str]] = {}
    for name, column in _columns([each for each in names if each in connected], edges).items():
        columns.setdefault(column, []).append(name)
    cells = {
        name: (column, row) for column, inside in columns.items() for row, name in enumerate(inside)
    }
    first = max(map(len, columns.values()), default=0)
    alone = [name for name in names if name not in connected]
    for number, name in enumerate(alone):
        cells[name] = (number % COLUMNS, first + number // COLUMNS)
    return {
        name: (MARGIN + column * (WIDTH + GAP_X), MARGIN + row * (HEIGHT + GAP_Y))
        for name, (column, row) in cells.items()
    }


def _columns(names: Sequence[str], edges: Edges) -> dict[str, int]:
    """Return the length of the longest way to each section.

    A circle begins at the section with the most references to it that remain, less its own: the
    heuristic of Eades, Lin and Smyth, https://doi.org/10.1016/0020-0190(93)90079-O.
    """
    found: dict[str, int] = {}
    left = list(names)
    while left:
        into = {name: _total(edges, left, (name,)) for name in left}
        sources = [name for name in left if not into[name]]
        name = max(sources or left, key=lambda each: _total(edges, (each,), left) - into[each])
        left.remove(name)
        before = [found[source] for source, target in edges if target == name and source in found]
        found[name] = 1 + max(before, default=-1)
    return found


def _total(edges: Edges, sources: Collection[str], targets: Collection[str]) -> int:
    return sum(number for (one, two), number in edges.items() if one in sources and two in targets)


def _box(name: str, verdicts: Counter[Verdict], x: int, y: int) -> Box:
    return Box(
        name=_cut(name, NAME_LENGTH),
        counts=_lines(counts(verdicts)),
        verdict=max(verdicts).value,
        x=x,
        y=y,
    )


def _lines(text: str) -> tuple[str, ...]:
    """Return the lines of a list of counts, none of which is broken."""
    whole = ", ".join(each.replace(" ", NO_BREAK) for each in text.split(", "))
    lines = textwrap.wrap(whole, COUNTS_LENGTH, max_lines=COUNTS_LINES, placeholder=" …")
    return tuple(line.replace(NO_BREAK, " ") for line in lines)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else f"{text[: length - 1]}…"


def _arrows(edges: Edges, at: Mapping[str, tuple[int, int]]) -> Iterator[Arrow]:
    for source, target in sorted(edges, key=lambda pair: (at[pair[0]], at[pair[1]])):
        is_mutual = (target, source) in edges
        if not is_mutual or at[source] < at[target]:
            yield Arrow(path=_curve(at[source], at[target]), is_mutual=is_mutual)


def _curve(source: tuple[int, int], target: tuple[int, int]) -> str:
    """Return a curve from box to box: from side to side, or below both when it leads back."""
    (x1, y1), (x2, y2) = source, target
    if x2 > x1:
        x1, y1, y2 = x1 + WIDTH, y1 + HEIGHT // 2, y2 + HEIGHT // 2
        middle = (x1 + x2) // 2
        return f"M{x1} {y1} C{middle} {y1} {middle} {y2} {x2} {y2}"
    x1, x2, y1, y2 = x1 + WIDTH // 2, x2 + WIDTH // 2, y1 + HEIGHT, y2 + HEIGHT
    below = max(y1, y2) + GAP_Y
    return f"M{x1} {y1} C{x1} {below} {x2} {below} {x2} {y2}"


def _description(boxes: Sequence[Box], edges: Edges) -> str:
    parts = [f"{box.name}: {' '.join(box.counts)}" for box in boxes]
    parts += [f"{target} changes with {source}" for source, target in sorted(edges)]
    return "; ".join(parts) + "."
