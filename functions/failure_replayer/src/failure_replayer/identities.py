"""A set of identities that takes little memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

# Of a million identities, two share a digest with a probability of about 10^-27.
DIGEST_BYTES = 16


class Identities:
    """Keeps digests, about 100 bytes each however long the identities are."""

    def __init__(self) -> None:
        self._digests: set[int] = set()

    def __contains__(self, identity: object) -> bool:
        """Whether it was added."""
        return isinstance(identity, str) and _digest(identity) in self._digests

    def __len__(self) -> int:
        """How many there are."""
        return len(self._digests)

    def add(self, identity: str) -> None:
        """Add one."""
        self._digests.add(_digest(identity))

    def update(self, identities: Iterable[str]) -> None:
        """Add several."""
        self._digests.update(map(_digest, identities))


def _digest(identity: str) -> int:
    digest = hashlib.blake2b(identity.encode(), digest_size=DIGEST_BYTES).digest()
    return int.from_bytes(digest, "big")
