"""Replicated stores: PostgreSQL with a standby, and a cache cluster of three shards with replicas.

The embedded AWS has neither, so the environment uses these instead of its own stores.
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

OUTAGE_SECONDS = 3.0
MOVED_SLOTS = 60


class ReplicatedStores:
    """Both stores, running from `__init__` to `close`.

    Each fault method returns when every replica is back.
    """

    def __init__(self) -> None:
        self._running = ExitStack()
        self.postgres: ReplicatedPostgres = self._running.enter_context(replicated_postgres())
        try:
            self.cache: ValkeyCluster = self._running.enter_context(valkey_cluster())
            # As on ElastiCache: the other shards keep serving while one shard is down.
            self.cache.configure("cluster-require-full-coverage", "no")
        except BaseException:
            self._running.close()
            raise

    def close(self) -> None:
        """Stop the servers and remove their data."""
        self._running.close()

    def database(self, name: str) -> psycopg.Connection[Any]:
        """Connect to a database of the current primary as the administrator."""
        url = urlsplit(self.postgres.url)
        return psycopg.connect(url._replace(path=f"/{name}").geturl(), autocommit=True)

    def cache_client(self) -> RedisCluster:
        """Return a client of the whole cluster."""
        return RedisCluster(host="127.0.0.1", port=self.cache.port, decode_responses=True)

    def fail_over_database(self, *, keep: bool) -> None:
        """Promote the standby; with `keep`, the old primary keeps running read-only for a while."""
        self.postgres.fail_over(keep=keep)
        if keep:
            time.sleep(OUTAGE_SECONDS)
        self.postgres.restore_standby()

    def kill_cache_primary(self) -> None:
        """Kill a primary with SIGKILL; its replica is promoted and it rejoins as a replica."""
        node = self.cache.primaries()[0]
        replica = self.cache.replica_of(node)
        node.kill()
        _until_primary(self.cache, replica)
        node.start()
        self._wait_until_replicated()

    def stop_cache_shard(self) -> None:
        """Kill a primary and its replica with SIGKILL; both restart without their data."""
        node = self.cache.primaries()[-1]
        replica = self.cache.replica_of(node)
        for each in (replica, node):
            each.kill()
        time.sleep(OUTAGE_SECONDS)
        for each in (node, replica):
            each.start()
        self._wait_until_replicated()

    def reshard_cache(self) -> None:
        """Move slots with all their keys from the first primary to the last, key by key."""
        first, *_, last = self.cache.primaries()
        low, high = slots_of(first)[0]
        self.cache.move_slots(low, min(high, low + MOVED_SLOTS), last)

    def _wait_until_replicated(self) -> None:
        self.cache.wait_until_ok()
        self.cache.wait_for_replicas()


def _until_primary(cluster: ValkeyCluster, node: Node) -> None:
    deadline = time.monotonic() + 30
    while node not in cluster.primaries():
        if time.monotonic() > deadline:
            raise RuntimeError("no replica was promoted within 30 s")
        time.sleep(0.1)
