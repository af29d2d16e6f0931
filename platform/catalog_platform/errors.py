"""Every failure that is expected has a class here; anything else is a bug.

`cli` is the only place that turns these into exit codes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalog_platform.findings import Finding


class PlatformError(Exception):
    """An expected failure: one clear message, exit code 1."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(PlatformError):
    """The command line asks for something that does not exist: exit code 2."""


class FindingsError(PlatformError):
    """The input has findings that forbid going on; all of them are carried along."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(f"{len(findings)} finding(s)")
        self.findings = tuple(findings)


class ToolError(PlatformError):
    """An outside program failed or took too long; the tail of what it printed is kept."""

    def __init__(self, message: str, *, returncode: int | None, tail: str, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.returncode = returncode
        self.tail = tail
