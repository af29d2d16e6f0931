"""The Redis-compatible cache: one client per execution environment, renewed when it breaks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from botocore.httpsession import DEFAULT_CA_BUNDLE
from redis import Redis
from redis.backoff import NoBackoff
from redis.cluster import RedisCluster
from redis.exceptions import AuthenticationError, RedisError
from redis.maint_notifications import MaintNotificationsConfig
from redis.retry import Retry

from catalog_runtime.environment import Variables
from catalog_runtime.secrets import SecretError, Secrets

T = TypeVar("T")
Client = Redis | RedisCluster


class CacheError(Exception):
    """The cache did not do what was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheSettings:
    """Where the cache is; `secret_arn` is empty when it asks for no token."""

    host: str
    port: int
    tls: bool
    cluster_mode: bool
    secret_arn: str

    @classmethod
    def read(cls, variables: Variables) -> CacheSettings:
        """From `CACHE_*`; problems are kept in `variables`."""
        return cls(
            host=variables.text("CACHE_HOST"),
            port=variables.port("CACHE_PORT"),
            tls=variables.boolean("CACHE_TLS"),
            cluster_mode=variables.boolean("CACHE_CLUSTER_MODE"),
            secret_arn=variables.text("CACHE_SECRET_ARN", may_be_empty=True),
        )


class Cache:
    """Runs work on a client that outlives the invocation, behind short timeouts."""

    def __init__(
        self,
        settings: CacheSettings,
        secrets: Secrets,
        *,
        connect_seconds: float,
        reply_seconds: float,
    ) -> None:
        self._settings = settings
        self._secrets = secrets
        self._connect_seconds = connect_seconds
        self._reply_seconds = reply_seconds
        self._client: Client | None = None

    def run(self, work: Callable[[Client], T]) -> T:
        """Do `work`, which has to be repeatable: after a refused token it is done once more.

        Raises `CacheError`.
        """
        try:
            try:
                return self._run(work)
            except AuthenticationError:
                self._secrets.forget(self._settings.secret_arn)
                self._client = None
                return self._run(work)
        except (RedisError, OSError, SecretError) as error:
            # A new client asks again who the cluster's primaries are.
            self._client = None
            raise CacheError(f"cache: {type(error).__name__}: {error}") from error

    def close(self) -> None:
        """Close the connections; the next `run` opens others."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _run(self, work: Callable[[Client], T]) -> T:
        if self._client is None:
            self._client = self._connect()
        return work(self._client)

    def _connect(self) -> Client:
        settings = self._settings
        arn = settings.secret_arn
        kind = RedisCluster if settings.cluster_mode else Redis
        client: Client = kind(
            host=settings.host,
            port=settings.port,
            password=self._secrets.text(arn) if arn else None,
            ssl=settings.tls,
            # ElastiCache's certificates are signed by public authorities.
            **({"ssl_ca_certs": DEFAULT_CA_BUNDLE} if settings.tls else {}),
            socket_connect_timeout=self._connect_seconds,
            socket_timeout=self._reply_seconds,
            # Once more: a connection that was idle between two calls may be gone.
            retry=Retry(NoBackoff(), 1),
            maint_notifications_config=MaintNotificationsConfig(enabled=False),
        )
        return client
