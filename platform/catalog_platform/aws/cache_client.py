"""Connect to Valkey or Redis with the given parameters only."""

from __future__ import annotations

from typing import Any

import redis
from botocore.httpsession import DEFAULT_CA_BUNDLE

CONNECT_SECONDS = 5


def connect(
    host: str, port: int, password: str | None, *, tls: bool = False
) -> redis.Redis | redis.RedisCluster:
    """Return a client of a server, or of the cluster that the server belongs to.

    With TLS, the server's certificate must be signed by one of botocore's authorities, as for the
    functions: redis-py then reads no file or variable of this machine. It uses no proxy and reads
    no URL from the environment. Raises `redis.RedisError`.
    """
    encryption: dict[str, Any] = {"ssl": True, "ssl_ca_certs": DEFAULT_CA_BUNDLE} if tls else {}
    single = redis.Redis(
        host=host,
        port=port,
        password=password,
        socket_timeout=CONNECT_SECONDS,
        decode_responses=True,
        **encryption,
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
        **encryption,
    )


def of_url(url: str, *, seconds: float) -> redis.Redis:
    """Return a client of a single server. It connects with its first command."""
    return redis.Redis.from_url(url, socket_timeout=seconds)
