"""The reader's settings, parsed once from environment variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalog_runtime.cache import CacheSettings
from catalog_runtime.environment import Variables
from catalog_runtime.settings import RuntimeSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything the reader is told by its surroundings; for how long a copy counts as fresh."""

    runtime: RuntimeSettings
    cache: CacheSettings
    stock_fresh_seconds: int
    unknown_fresh_seconds: int
    page_fresh_seconds: int

    @classmethod
    def parse(cls, values: Mapping[str, str]) -> Settings:
        """Raises `SettingsError` that names every missing or invalid variable."""
        variables = Variables(values)
        settings = cls(
            runtime=RuntimeSettings.read(variables),
            cache=CacheSettings.read(variables),
            stock_fresh_seconds=variables.seconds("STOCK_FRESH_SECONDS"),
            unknown_fresh_seconds=variables.seconds("UNKNOWN_FRESH_SECONDS"),
            page_fresh_seconds=variables.seconds("PAGE_FRESH_SECONDS"),
        )
        variables.check()
        return settings
