"""A terminal on which somebody has typed, as standard input."""

from __future__ import annotations

import io


class Terminal(io.StringIO):
    """Standard input with the given text."""

    def isatty(self) -> bool:
        return True
