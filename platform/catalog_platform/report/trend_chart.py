"""Lay out a chart of an environment's failures and waivers over the scans of a history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from catalog_platform.policy.history import ScanRecord

# The last scans are drawn; more would overlap.
MAXIMUM = 40
WIDTH, HEIGHT = 320, 130
LEFT, RIGHT, TOP, BOTTOM = 34, 84, 12, 22


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of SVG path data with its points, and the number at its end."""

    name: str
    path: str
    points: tuple[tuple[float, float], ...]
    last: int
    label_y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """The lines of an environment, in pixels, and the same as a sentence."""

    environment: str
    lines: tuple[Line, ...]
    maximum: int
    first: str
    last: str
    description: str
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    top: int = TOP
    bottom: int = HEIGHT - BOTTOM


def charts(records: Sequence[ScanRecord], environments: Sequence[str]) -> tuple[Chart, ...]:
    """Return the chart of each environment that the records have."""
    shown = records[-MAXIMUM:]
    found = (_chart(shown, name) for name in environments)
    return tuple(each for each in found if each is not None)


def _chart(records: Sequence[ScanRecord], name: str) -> Chart | None:
    series: dict[str, list[int | None]] = {
        "failed": [
            found.failures if (found := each.environments.get(name)) else None for each in records
        ],
        "waived": [
            found.waived if (found := each.environments.get(name)) else None for each in records
        ],
    }
    known = [value for values in series.values() for value in values if value is not None]
    if not known:
        return None
    maximum = max(1, *known)
    lines = _apart([_line(key, values, maximum) for key, values in series.items()])
    dates = [f"{each.time:%Y-%m-%d}" for each in records if name in each.environments]
    ends = " and ".join(
        f"{key} from {numbers[0]} to {numbers[-1]}"
        for key, values in series.items()
        for numbers in [[each for each in values if each is not None]]
    )
    return Chart(
        environment=name,
        lines=tuple(lines),
        maximum=maximum,
        first=dates[0],
        last=dates[-1],
        description=f"From {dates[0]} to {dates[-1]}: {ends}.",
    )


def _line(name: str, values: Sequence[int | None], maximum: int) -> Line:
    points: list[tuple[float, float]] = []
    path = ""
    joined = False
    last = 0
    step = (WIDTH - LEFT - RIGHT) / max(1, len(values) - 1)
    for at, value in enumerate(values):
        if value is not None:
            last = value
            x = round(LEFT + at * step, 1)
            y = round(HEIGHT - BOTTOM - value / maximum * (HEIGHT - TOP - BOTTOM), 1)
            points.append((x, y))
            path += f"{'L' if joined else 'M'}{x} {y}"
        joined = value is not None  # a scan without the environment interrupts the line
    return Line(name=name, path=path, points=tuple(points), last=last, label_y=points[-1][1])


def _apart(lines: Sequence[Line]) -> Iterator[Line]:
    """Yield the lines with labels that don't cover each other."""
    taken: list[float] = []
    for line in sorted(lines, key=lambda each: each.label_y):
        y = max([line.label_y, *(each + 14 for each in taken)])
        taken.append(y)
        yield replace(line, label_y=y)
