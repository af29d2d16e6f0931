"""Plots of the measured times as SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

GREY, BLUE = "#9aa5b1", "#1f6feb"
HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" '
    'font-family="sans-serif" font-size="12">\n<title>{title}</title>\n'
    '<rect width="{width}" height="{height}" fill="#ffffff"/>\n'
)


def bars(cases: Sequence[tuple[str, float, float]]) -> str:
    """Return two bars for each case: the baseline's seconds, and ours as a share of them."""
    rows, height = [], 44
    for number, (name, *times) in enumerate(cases):
        y = 20 + number * height
        rows.append(f'<text x="0" y="{y + 20}">{name}</text>')
        for shift, seconds, color in zip((4, 22), times, (GREY, BLUE), strict=True):
            width = max(1.0, 340 * seconds / times[0])
            rows.append(
                f'<rect x="390" y="{y + shift}" width="{width:.1f}" height="14" fill="{color}"/>'
                f'<text x="{396 + width:.1f}" y="{y + shift + 12}">{seconds:.2f} s</text>'
            )
    title = "Seconds of the baseline (grey), and of catalogctl (blue) as a share of them"
    return _document(830, 30 + len(cases) * height, title, rows)


def curve(growth: Mapping[int, tuple[float, float]]) -> str:
    """Return seconds and megabytes by number of environments, each with its own scale from 0."""
    rows: list[str] = []
    for number, (label, at) in enumerate((("seconds", 0), ("MB", 1))):
        left = 60 + number * 400
        highest = max(each[at] for each in growth.values()) * 1.1
        points = [
            (left + 300 * _share(count, 1, max(growth)), 240 - 200 * each[at] / highest, each[at])
            for count, each in growth.items()
        ]
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y, _ in points)
        rows.append(f'<text x="{left - 40}" y="24">{label}</text>')
        rows.append(f'<path d="M{left} 40V240H{left + 320}" fill="none" stroke="{GREY}"/>')
        rows.append(f'<polyline points="{line}" fill="none" stroke="{BLUE}" stroke-width="2"/>')
        for count, (x, y, value) in zip(growth, points, strict=True):
            shown = f"{value:.1f}" if at == 0 else f"{value:.0f}"
            rows.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{BLUE}"/>')
            rows.append(f'<text x="{x - 10:.1f}" y="{y - 8:.1f}">{shown}</text>')
            rows.append(f'<text x="{x - 10:.1f}" y="258">{count:,}</text>')
    title = "A plan with policies by number of environments, one of which is edited"
    return _document(830, 270, title, rows)


def _share(value: float, lowest: float, highest: float) -> float:
    """Return where a value is between two others on a logarithmic scale, from 0 to 1."""
    return math.log(value / lowest) / math.log(highest / lowest) if highest > lowest else 1.0


def _document(width: int, height: int, title: str, rows: Sequence[str]) -> str:
    head = HEAD.format(width=width, height=height, title=title)
    return head + "\n".join(rows) + "\n</svg>\n"
