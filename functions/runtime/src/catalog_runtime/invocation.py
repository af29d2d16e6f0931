"""The type of Lambda's context object."""

from __future__ import annotations

from typing import Protocol


class Context(Protocol):
    """The used part of Lambda's context object.

    https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """

    def get_remaining_time_in_millis(self) -> int:
        """Return the milliseconds until Lambda ends this invocation."""
        ...
