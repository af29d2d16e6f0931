"""Where tables are printed."""

from __future__ import annotations

from rich.console import Console

LEAST_COLUMNS = 80


def wide() -> Console:
    """stdout, at least 80 columns wide: a narrow window wraps lines, but cuts no figure off."""
    console = Console()
    console.width = max(console.width, LEAST_COLUMNS)
    return console
