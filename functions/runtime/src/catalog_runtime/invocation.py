"""What AWS Lambda tells a function about its invocation."""

from __future__ import annotations

from typing import Protocol


class Context(Protocol):
    """What is used of Lambda's context object.

    https://docs.aws.amazon.com/lambda/latest/dg/python-context.html
    """

    def get_remaining_time_in_millis(self) -> int:
        """Milliseconds until Lambda ends this invocation."""
        ...
