"""A real Valkey cluster on loopback: primaries with replicas that fail over.

It is ready in about two seconds and elects a replica about three seconds after a primary died.
https://valkey.io/topics/cluster-tutorial/
"""

from __future__ import annotations

import contextlib
import shutil
import ssl
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redis.crc import key_slot

from embedded_aws.servers import ports
from support.forwarder import Forwarder
from support.valkey_node import Node, wait_until

SLOTS = 16384
PRIMARIES = 3


@dataclass
class ValkeyCluster:
    """All nodes; the first three began as primaries, the others as their replicas in order."""

    nodes: list[Node] = field(default_factory=list)

    @property
    def port(self) -> int:
        """The port of a node that runs, for clients to begin with."""
        return next(node.announced for node in self.nodes if node.process is not None)

    def primaries(self) -> list[Node]:
        """The nodes that call themselves primaries with slots, in the order of `nodes`."""
        return [node for node in self.nodes if node.process and _role(node) == "master"]

    def primary_of(self, key: str) -> Node:
        """Return the node that has the key's slot according to its own view."""
        return self.primaries_of([key])[key]

    def primaries_of(self, keys: Iterable[str]) -> dict[str, Node]:
        """The node of each key."""
        ranges = [(node, slots_of(node)) for node in self.primaries()]
        return {
            key: next(
                node
                for node, own in ranges
                if any(low <= key_slot(key.encode()) <= high for low, high in own)
            )
            for key in keys
        }

    def shard(self, primary: Node) -> list[Node]:
        """A primary and its replica."""
        return [primary, self.replica_of(primary)]

    def replica_of(self, primary: Node) -> Node:
        """A running replica of `primary`."""
        identity = primary.ask("CLUSTER", "MYID")
        return next(node for node in self.nodes if node.process and _upstream(node) == identity)

    def fail_over(self, primary: Node) -> Node:
        """Have a replica take over from a primary that runs; the new primary."""
        replica = self.replica_of(primary)
        replica.ask("CLUSTER", "FAILOVER")
        wait_until(
            lambda: (_role(replica), _role(primary)) == ("master", "slave"),
            "the failover did not happen",
        )
        return replica

    def wait_until_ok(self) -> None:
        """Until every node that runs sees all slots served."""
        running = [node for node in self.nodes if node.process]
        wait_until(
            lambda: all(node.ask("CLUSTER INFO")["cluster_state"] == "ok" for node in running),
            "the cluster did not become ready",
        )

    def wait_for_replicas(self) -> None:
        """Until every replica is in sync: only such a replica can take over."""
        replicas = [node for node in self.nodes if node.process and _role(node) == "slave"]
        wait_until(
            lambda: all(
                node.ask("INFO", "replication")["master_link_status"] == "up" for node in replicas
            ),
            "a replica did not get in sync",
        )

    def move_slots(self, first: int, last: int, target: Node) -> None:
        """Reshard: move slots that one node has, with their keys, while clients use them."""
        source = self._owner(first)
        with target.client() as new, source.client() as old:
            identities = (
                old.execute_command("CLUSTER", "MYID"),
                new.execute_command("CLUSTER", "MYID"),
            )
            for slot in range(first, last + 1):
                new.execute_command("CLUSTER", "SETSLOT", slot, "IMPORTING", identities[0])
                old.execute_command("CLUSTER", "SETSLOT", slot, "MIGRATING", identities[1])
                while keys := old.execute_command("CLUSTER", "GETKEYSINSLOT", slot, 100):
                    old.execute_command(
                        "MIGRATE", ports.LOOPBACK, target.port, "", 0, 5000, "KEYS", *keys
                    )
                for client in (new, old):
                    client.execute_command("CLUSTER", "SETSLOT", slot, "NODE", identities[1])

    def begin_move(self, slot: int, target: Node) -> None:
        """Leave a slot between two nodes: ASK for keys that moved, TRYAGAIN for split ones."""
        source = self._owner(slot)
        if source is not target:
            target.ask("CLUSTER", "SETSLOT", slot, "IMPORTING", source.ask("CLUSTER", "MYID"))
            source.ask("CLUSTER", "SETSLOT", slot, "MIGRATING", target.ask("CLUSTER", "MYID"))

    def move_key(self, key: str, target: Node) -> None:
        """Move one key while its slot is between two nodes."""
        source = self.primary_of(key)
        source.ask("MIGRATE", ports.LOOPBACK, target.port, key, 0, 5000)

    def set_password(self, password: str) -> None:
        """Have every running node ask for a password; existing connections stay accepted."""
        for node in self.nodes:
            if node.process is not None:
                set_password(node, password)

    def configure(self, name: str, value: object) -> None:
        """`CONFIG SET` on every running node."""
        for node in self.nodes:
            if node.process is not None:
                node.ask("CONFIG", "SET", name, value)

    def flush(self) -> None:
        """Remove every key and script."""
        for node in self.primaries():
            node.ask("FLUSHALL")
            node.ask("SCRIPT", "FLUSH")

    def _owner(self, slot: int) -> Node:
        return next(
            node
            for node in self.primaries()
            if any(low <= slot <= high for low, high in slots_of(node))
        )


def set_password(node: Node, password: str) -> None:
    """Have one node ask for a password, and use it towards its own primary."""
    with node.client() as client:
        client.config_set("masterauth", password)
        client.config_set("requirepass", password)
    node.password = password or None


@contextlib.contextmanager
def valkey_cluster(
    *, replicas: int = 1, forwarded: bool = False, tls: ssl.SSLContext | None = None
) -> Iterator[ValkeyCluster]:
    """A cluster of three primaries with so many replicas each.

    With `forwarded` or `tls` clients reach each node through a forwarder of its own, as replicas
    reach their primary: these do not speak TLS, so that `tls` needs `replicas=0`.
    """
    assert not (tls and replicas), "replicas cannot follow a primary through TLS"
    folder = Path(tempfile.mkdtemp(prefix="catalog-test-"))
    count = PRIMARIES * (1 + replicas)
    numbers = ports.choose(2 * count)
    cluster = ValkeyCluster()
    try:
        for number in range(count):
            home = folder / str(number)
            home.mkdir()
            node = Node(numbers[2 * number], numbers[2 * number + 1], home)
            if forwarded or tls:
                node.forwarder = Forwarder(node.port, tls)
            cluster.nodes.append(node)
            node.start()
        _join(cluster.nodes)
        cluster.wait_until_ok()
        cluster.wait_for_replicas()
        yield cluster
    finally:
        for node in cluster.nodes:
            node.kill()
            if node.forwarder is not None:
                node.forwarder.close()
        shutil.rmtree(folder)


def _join(nodes: list[Node]) -> None:
    primaries, replicas = nodes[:PRIMARIES], nodes[PRIMARIES:]
    bounds = [SLOTS * number // PRIMARIES for number in range(PRIMARIES + 1)]
    for number, node in enumerate(primaries):
        node.ask("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
        node.ask("CLUSTER", "ADDSLOTSRANGE", bounds[number], bounds[number + 1] - 1)
    for node in nodes[1:]:
        nodes[0].ask("CLUSTER", "MEET", ports.LOOPBACK, node.port, node.bus)
    wait_until(lambda: all(_knows(node, len(nodes)) for node in nodes), "the nodes did not meet")
    for number, node in enumerate(replicas):
        node.ask("CLUSTER", "REPLICATE", primaries[number % PRIMARIES].ask("CLUSTER", "MYID"))


def _knows(node: Node, count: int) -> bool:
    """Whether a node sees so many nodes, none of them still in the middle of its handshake."""
    seen = node.ask("CLUSTER NODES").values()
    return len(seen) == count and not any("handshake" in each["flags"] for each in seen)


def _myself(node: Node) -> dict[str, Any]:
    seen: dict[str, dict[str, Any]] = node.ask("CLUSTER NODES")
    return next(each for each in seen.values() if "myself" in each["flags"])


def _role(node: Node) -> str:
    return "slave" if "slave" in _myself(node)["flags"] else "master"


def _upstream(node: Node) -> str:
    return str(_myself(node)["master_id"])


def slots_of(node: Node) -> list[tuple[int, int]]:
    """First and last of each range of slots that a node has, by its own view."""
    return [(int(each[0]), int(each[-1])) for each in _myself(node)["slots"]]
