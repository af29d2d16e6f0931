"""The token of the cache while it is being rotated: fetched again when refused, not endlessly.

Servers of a cluster take over a new token one after the other, and the secret may be ahead of them
or behind: each server is shown the token that it accepted last, and the other one when it refuses.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from catalog_runtime.cache_slots import Address
from catalog_runtime.secrets import SecretError, Secrets

# A secret that proved unchanged is not fetched again for so long, then for twice as long, and on.
REFETCH_SECONDS = 1.0
LONGEST_REFETCH_SECONDS = 60.0


class Tokens:
    """The tokens that servers may accept; none at all without a secret."""

    def __init__(
        self, secrets: Secrets, arn: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._secrets = secrets
        self._arn = arn
        self._clock = clock
        # The newest comes first.
        self._known: list[str] = []
        self._shown: dict[Address, str] = {}
        self._pause = REFETCH_SECONDS
        self._refetch_at = 0.0

    def fetch_first(self) -> None:
        """Have a token before the first connection. Raises `SecretError`."""
        if self._arn and not self._known:
            if self._clock() < self._refetch_at:
                raise SecretError("the secret could not be fetched a moment ago")
            try:
                self._known = [self._secrets.text(self._arn)]
            except SecretError:
                self._wait()
                raise

    def of(self, address: Address) -> str | None:
        """The token to show to a server."""
        if not self._known:
            return None
        return self._shown.setdefault(address, self._known[0])

    def refused(self, address: Address, tried: set[tuple[Address, str]]) -> bool:
        """Choose another token for a server that refused; whether there is one.

        `tried` is what was refused before, in the same run.
        """
        if not self._known:
            return False
        shown = self._shown.get(address, self._known[0])
        tried.add((address, shown))
        if shown == self._known[0]:
            self._refetch()
        for token in self._known:
            if (address, token) not in tried:
                self._shown[address] = token
                return True
        # Whatever comes next is worth a try, the newest before the others.
        self._shown.pop(address, None)
        return False

    def _refetch(self) -> None:
        if self._clock() < self._refetch_at:
            return
        self._secrets.forget(self._arn)
        try:
            token = self._secrets.text(self._arn)
        except SecretError:
            # What is known may still be right.
            token = self._known[0]
        if token == self._known[0]:
            self._wait()
            return
        self._known = [token, self._known[0]]
        self._pause, self._refetch_at = REFETCH_SECONDS, 0.0

    def _wait(self) -> None:
        self._refetch_at = self._clock() + self._pause
        self._pause = min(2 * self._pause, LONGEST_REFETCH_SECONDS)
