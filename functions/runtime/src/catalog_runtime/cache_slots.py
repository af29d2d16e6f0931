"""The mapping of hash slots to the servers of a cluster, learnt from CLUSTER SLOTS.

https://valkey.io/commands/cluster-slots/
"""

from __future__ import annotations

from typing import Any, NamedTuple

from redis.crc import REDIS_CLUSTER_HASH_SLOTS, key_slot
from redis.exceptions import MovedError

Command = tuple[str | int | bytes, ...]


class Address(NamedTuple):
    """Host and port of a server."""

    host: str
    port: int


class Slots:
    """The primary of every slot, and all servers of a cluster; initially empty."""

    def __init__(self) -> None:
        self._primaries: list[Address | None] = [None] * REDIS_CLUSTER_HASH_SLOTS
        self.servers: tuple[Address, ...] = ()

    @classmethod
    def learn(cls, answer: Any, source: Address) -> Slots:
        """Parse a reply to CLUSTER SLOTS; a host without a name is the server that replied.

        Raises `ValueError`, `TypeError`, `LookupError` or `AttributeError` for an invalid reply.
        """
        learnt = cls()
        servers: dict[Address, None] = {}
        for first, last, *nodes in answer:
            found = [_address(node, source) for node in nodes]
            servers.update(dict.fromkeys(found))
            for slot in range(int(first), int(last) + 1):
                learnt._primaries[slot] = found[0]
        if not servers:
            raise ValueError("a cluster without slots")
        learnt.servers = tuple(servers)
        return learnt

    def primary(self, command: Command) -> Address | None:
        """Return the server for a command, or None when no server has the slot of its key."""
        return self._primaries[key_slot(_encoded(key_of(command)))]

    def primaries(self) -> set[Address]:
        """Return all primaries that have slots."""
        return {each for each in self._primaries if each is not None}

    def move(self, error: MovedError, source: Address) -> None:
        """Move one slot after a redirection."""
        self._primaries[error.slot_id] = redirected(error.host, error.port, source)


def redirected(host: str, port: int, source: Address) -> Address:
    """Return the target of a redirection; without a host, it is another port of the source."""
    return Address(host or source.host, port)


def key_of(command: Command) -> str | bytes:
    """Return the first key of a command; all its keys are in one slot."""
    key = command[3] if command[0] in ("EVAL", "EVALSHA") else command[1]
    return key if isinstance(key, bytes) else str(key)


def _address(node: Any, source: Address) -> Address:
    host, port = node[0], int(node[1])
    host = host.decode() if isinstance(host, bytes) else host or ""
    # "?" stands for an unconfigured host name.
    return Address(source.host if host in ("", "?") else host, port)


def _encoded(key: str | bytes) -> bytes:
    return key if isinstance(key, bytes) else key.encode()
