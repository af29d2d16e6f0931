"""Stores that fail over: PostgreSQL with a standby, and a cache of three shards with replicas.

The embedded AWS has neither; a site that is given these uses them instead of its own.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from typing import Any
from urllib.parse import urlsplit

import psycopg
from redis import RedisCluster

from support.standby import ReplicatedPostgres, replicated_postgres
from support.valkey_cluster import ValkeyCluster, slots_of, valkey_cluster
from support.valkey_node import Node

AWAY_SECONDS = 3.0
MOVED_SLOTS = 60


class ReplicatedStores:
    """Both stores, running from `__init__` to `close`; each fault leaves them complete again."""

    def __init__(self) -> None:
        self._running = ExitStack()
        self.postgres: ReplicatedPostgres = self._running.enter_context(replicated_postgres())
        try:
            self.cache: ValkeyCluster = self._running.enter_context(valkey_cluster())
            # As ElastiCache has it: what is there is served while another shard is away.
            self.cache.configure("cluster-require-full-coverage", "no")
        except BaseException:
            self._running.close()
            raise

    def close(self) -> None:
        """Stop the servers and remove their data."""
        self._running.close()

    def database(self, name: str) -> psycopg.Connection[Any]:
        """The administrator's connection to a database of the current primary."""
        url = urlsplit(self.postgres.url)
        return psycopg.connect(url._replace(path=f"/{name}").geturl(), autocommit=True)

    def cache_client(self) -> RedisCluster:
        """A client of the whole cluster."""
        return RedisCluster(host="127.0.0.1", port=self.cache.port, decode_responses=True)

    def fail_over_database(self, *, keep: bool) -> None:
        """Promote the standby; with `keep` the old primary lives on for a while, read-only."""
        self.postgres.fail_over(keep=keep)
        if keep:
            time.sleep(AWAY_SECONDS)
        self.postgres.restore_standby()

    def kill_cache_primary(self) -> None:
        """kill -9 of a primary; its replica takes over, and it comes back as a replica."""
        node = self.cache.primaries()[0]
        replica = self.cache.replica_of(node)
        node.kill()
        _until_primary(self.cache, replica)
        node.start()
        self._complete()

    def hide_cache_shard(self) -> None:
        """kill -9 of a primary and its replica; they come back with nothing of what they knew."""
        node = self.cache.primaries()[-1]
        replica = self.cache.replica_of(node)
        for each in (replica, node):
            each.kill()
        time.sleep(AWAY_SECONDS)
        for each in (node, replica):
            each.start()
        self._complete()

    def reshard_cache(self) -> None:
        """Move slots with all their keys from the first primary to the last, key by key."""
        first, *_, last = self.cache.primaries()
        low, high = slots_of(first)[0]
        self.cache.move_slots(low, min(high, low + MOVED_SLOTS), last)

    def _complete(self) -> None:
        self.cache.wait_until_ok()
        self.cache.wait_for_replicas()


def _until_primary(cluster: ValkeyCluster, node: Node) -> None:
    deadline = time.monotonic() + 30
    while node not in cluster.primaries():
        if time.monotonic() > deadline:
            raise RuntimeError("no replica took over")
        time.sleep(0.1)
