"""A memory-efficient set of dead-letter identities."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

# Of a million identities, two share a digest with a probability of about 10^-27.
DIGEST_BYTES = 16


class Identities:
    """A set of digests, about 100 bytes each whatever the length of the identity."""

    def __init__(self) -> None:
        self._digests: set[int] = set()

    def __contains__(self, identity: object) -> bool:
        """Return whether an identity was added."""
        return isinstance(identity, str) and _digest(identity) in self._digests

    def __len__(self) -> int:
        """Return the number of identities."""
        return len(self._digests)

    def add(self, identity: str) -> None:
        """Add an identity."""
        self._digests.add(_digest(identity))

    def update(self, identities: Iterable[str]) -> None:
        """Add several identities."""
        self._digests.update(map(_digest, identities))


def _digest(identity: str) -> int:
    digest = hashlib.blake2b(identity.encode(), digest_size=DIGEST_BYTES).digest()
    return int.from_bytes(digest, "big")
