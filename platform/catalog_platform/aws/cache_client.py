"""Connect to Valkey or Redis with the given parameters only."""

from __future__ import annotations

import redis

CONNECT_SECONDS = 5


def connect(host: str, port: int, password: str | None) -> redis.Redis | redis.RedisCluster:
    """Return a client of a server, or of the cluster that the server belongs to.

    redis-py uses no proxy and reads no URL from the environment. Raises `redis.RedisError`.
    """
    single = redis.Redis(
        host=host,
        port=port,
        password=password,
        socket_timeout=CONNECT_SECONDS,
        decode_responses=True,
    )
    if not single.info("cluster")["cluster_enabled"]:
        return single
    single.close()
    return redis.RedisCluster(
        host=host,
        port=port,
        password=password,
        socket_timeout=CONNECT_SECONDS,
        decode_responses=True,
    )


def of_url(url: str, *, seconds: float) -> redis.Redis:
    """Return a client of a single server. It connects with its first command."""
    return redis.Redis.from_url(url, socket_timeout=seconds)
