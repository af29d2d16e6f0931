"""A stand-in for the Lambda context object."""

from __future__ import annotations


class Context:
    """The context of an invocation with one minute left."""

    def get_remaining_time_in_millis(self) -> int:
        """Return one minute in milliseconds."""
        return 60_000
