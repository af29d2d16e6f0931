"""The reader's settings, from environment variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalog_runtime.cache import CacheSettings
from catalog_runtime.environment import Variables
from catalog_runtime.settings import RuntimeSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The reader's environment variables; `replica_hosts` is empty without read replicas."""

    runtime: RuntimeSettings
    cache: CacheSettings
    stock_fresh_seconds: int
    unknown_fresh_seconds: int
    page_fresh_seconds: int
    replica_hosts: tuple[str, ...]

    @classmethod
    def parse(cls, values: Mapping[str, str]) -> Settings:
        """Parse the variables. Raises `SettingsError` that names all missing or invalid ones."""
        variables = Variables(values)
        settings = cls(
            runtime=RuntimeSettings.read(variables),
            cache=CacheSettings.read(variables),
            stock_fresh_seconds=variables.seconds("STOCK_FRESH_SECONDS"),
            unknown_fresh_seconds=variables.seconds("UNKNOWN_FRESH_SECONDS"),
            page_fresh_seconds=variables.seconds("PAGE_FRESH_SECONDS"),
            replica_hosts=tuple(
                filter(None, variables.text("REPLICA_HOSTS", may_be_empty=True).split(","))
            ),
        )
        variables.check()
        return settings
