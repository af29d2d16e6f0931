"""The replayer's settings, parsed from environment variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalog_runtime.environment import Variables
from catalog_runtime.settings import LOG_LEVELS


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The replayer's environment variables."""

    environment_name: str
    log_level: str
    stream_name: str
    dead_letter_bucket: str

    @classmethod
    def parse(cls, values: Mapping[str, str]) -> Settings:
        """Parse the variables. Raises `SettingsError` that names all missing or invalid ones."""
        variables = Variables(values)
        settings = cls(
            environment_name=variables.text("ENVIRONMENT_NAME"),
            log_level=variables.choice("LOG_LEVEL", LOG_LEVELS),
            stream_name=variables.text("STREAM_NAME"),
            dead_letter_bucket=variables.text("DEAD_LETTER_BUCKET"),
        )
        variables.check()
        return settings
