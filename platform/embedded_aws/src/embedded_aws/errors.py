"""Exceptions for expected failures. Any other exception is a bug."""

from __future__ import annotations


class EmbeddedAwsError(Exception):
    """An expected failure, with a hint at its fix if there is one."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ProgramError(EmbeddedAwsError):
    """A server or program did not start or failed; `log` is the end of its output."""

    def __init__(self, message: str, *, log: str = "") -> None:
        super().__init__(message)
        self.log = log
