"""Exceptions for expected failures. Any other exception is a bug.

`cli` turns these into messages and exit codes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalog_platform.findings import Finding


class PlatformError(Exception):
    """An expected failure; exit code 1."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(PlatformError):
    """The command line is invalid or names something that does not exist; exit code 2."""


class FindingsError(PlatformError):
    """The input has findings with which the command cannot continue; exit code 1."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__(f"{len(findings)} finding(s)")
        self.findings = tuple(findings)


class ToolError(PlatformError):
    """An external program failed or timed out; `tail` is the end of its output."""

    def __init__(self, message: str, *, returncode: int | None, tail: str, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.returncode = returncode
        self.tail = tail
