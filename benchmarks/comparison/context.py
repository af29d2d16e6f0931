"""What Lambda would tell a handler about its invocation."""

from __future__ import annotations


class Context:
    """An invocation that never runs out of time."""

    def get_remaining_time_in_millis(self) -> int:
        """A minute."""
        return 60_000
