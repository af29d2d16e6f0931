"""The cache's tokens during a rotation: the secret is fetched again after a refusal, with backoff.

Servers of a cluster adopt a new token one after the other, before or after the secret changes. Each
server gets the token that it accepted last, and the other one when it refuses.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from catalog_runtime.cache_slots import Address
from catalog_runtime.secrets import SecretError, Secrets

# Exponential backoff for a secret that was unchanged when it was fetched again.
REFETCH_SECONDS = 1.0
LONGEST_REFETCH_SECONDS = 60.0


class Tokens:
    """The tokens that servers may accept; none without a secret."""

    def __init__(
        self, secrets: Secrets, arn: str, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._secrets = secrets
        self._arn = arn
        self._clock = clock
        # Newest first.
        self._known: list[str] = []
        self._shown: dict[Address, str] = {}
        self._pause = REFETCH_SECONDS
        self._refetch_at = 0.0

    def fetch_first(self) -> None:
        """Fetch a token before the first connection. Raises `SecretError`."""
        if self._arn and not self._known:
            if self._clock() < self._refetch_at:
                raise SecretError("the secret could not be fetched a moment ago")
            try:
                self._known = [self._secrets.text(self._arn)]
            except SecretError:
                self._wait()
                raise

    def of(self, address: Address) -> str | None:
        """Return the token to send to a server."""
        if not self._known:
            return None
        return self._shown.setdefault(address, self._known[0])

    def refused(self, address: Address, tried: set[tuple[Address, str]]) -> bool:
        """Choose another token for a server that refused one; return whether there is one.

        `tried` has the tokens that were refused before in the same run.
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
        # The next run tries all tokens again, newest first.
        self._shown.pop(address, None)
        return False

    def _refetch(self) -> None:
        if self._clock() < self._refetch_at:
            return
        self._secrets.forget(self._arn)
        try:
            token = self._secrets.text(self._arn)
        except SecretError:
            # The known token may still be valid.
            token = self._known[0]
        if token == self._known[0]:
            self._wait()
            return
        self._known = [token, self._known[0]]
        self._pause, self._refetch_at = REFETCH_SECONDS, 0.0

    def _wait(self) -> None:
        self._refetch_at = self._clock() + self._pause
        self._pause = min(2 * self._pause, LONGEST_REFETCH_SECONDS)
