"""The console that prints tables."""

from __future__ import annotations

from rich.console import Console

MIN_COLUMNS = 80


def wide() -> Console:
    """Return a console on stdout of at least 80 columns, so that tables are never truncated."""
    console = Console()
    console.width = max(console.width, MIN_COLUMNS)
    return console
