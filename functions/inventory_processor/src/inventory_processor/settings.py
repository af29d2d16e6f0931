"""The processor's settings, parsed once from environment variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalog_runtime.environment import Variables
from catalog_runtime.settings import RuntimeSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class CacheSettings:
    """Where the cache is; `secret_arn` is empty when it asks for no token."""

    host: str
    port: int
    tls: bool
    cluster_mode: bool
    secret_arn: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything the processor is told by its surroundings."""

    runtime: RuntimeSettings
    cache: CacheSettings
    archive_bucket: str
    dead_letter_bucket: str
    dead_letter_queue_url: str

    @classmethod
    def parse(cls, values: Mapping[str, str]) -> Settings:
        """Raises `SettingsError` that names every missing or invalid variable."""
        variables = Variables(values)
        settings = cls(
            runtime=RuntimeSettings.read(variables),
            cache=CacheSettings(
                host=variables.text("CACHE_HOST"),
                port=variables.port("CACHE_PORT"),
                tls=variables.boolean("CACHE_TLS"),
                cluster_mode=variables.boolean("CACHE_CLUSTER_MODE"),
                secret_arn=variables.text("CACHE_SECRET_ARN", may_be_empty=True),
            ),
            archive_bucket=variables.text("ARCHIVE_BUCKET"),
            dead_letter_bucket=variables.text("DEAD_LETTER_BUCKET"),
            dead_letter_queue_url=variables.text("DEAD_LETTER_QUEUE_URL"),
        )
        variables.check()
        return settings
