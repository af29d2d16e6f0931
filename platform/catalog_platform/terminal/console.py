"""The console that prints tables, and texts that it can print."""

from __future__ import annotations

from rich.console import Console

MIN_COLUMNS = 80


def wide() -> Console:
    """Return a console on stdout of at least 80 columns, so that tables are never truncated."""
    console = Console()
    console.width = max(console.width, MIN_COLUMNS)
    return console


def printable(text: str) -> str:
    """Replace control characters of a text that comes from AWS or from a bucket."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)
