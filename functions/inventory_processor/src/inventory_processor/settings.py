"""The processor's settings, from environment variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalog_runtime.cache import CacheSettings
from catalog_runtime.environment import Variables
from catalog_runtime.settings import RuntimeSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The processor's environment variables."""

    runtime: RuntimeSettings
    cache: CacheSettings
    archive_bucket: str
    dead_letter_bucket: str
    dead_letter_queue_url: str

    @classmethod
    def parse(cls, values: Mapping[str, str]) -> Settings:
        """Parse the variables. Raises `SettingsError` that names all missing or invalid ones."""
        variables = Variables(values)
        settings = cls(
            runtime=RuntimeSettings.read(variables),
            cache=CacheSettings.read(variables),
            archive_bucket=variables.text("ARCHIVE_BUCKET"),
            dead_letter_bucket=variables.text("DEAD_LETTER_BUCKET"),
            dead_letter_queue_url=variables.text("DEAD_LETTER_QUEUE_URL"),
        )
        variables.check()
        return settings
