"""The settings of the cache's client."""

from __future__ import annotations

from dataclasses import dataclass

from catalog_runtime.environment import Variables


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheSettings:
    """Endpoint and options of the cache; `secret_arn` is empty without authentication."""

    host: str
    port: int
    tls: bool
    cluster_mode: bool
    secret_arn: str

    @classmethod
    def read(cls, variables: Variables) -> CacheSettings:
        """Read `CACHE_*`; `variables` collects the problems."""
        return cls(
            host=variables.text("CACHE_HOST"),
            port=variables.port("CACHE_PORT"),
            tls=variables.boolean("CACHE_TLS"),
            cluster_mode=variables.boolean("CACHE_CLUSTER_MODE"),
            secret_arn=variables.text("CACHE_SECRET_ARN", may_be_empty=True),
        )
