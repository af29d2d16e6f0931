"""The migrator's settings, parsed from environment variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalog_runtime.environment import Variables
from catalog_runtime.settings import RuntimeSettings


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the migrator is told by its surroundings."""

    runtime: RuntimeSettings

    @classmethod
    def parse(cls, values: Mapping[str, str]) -> Settings:
        """Raises `SettingsError` that names every missing or invalid variable."""
        variables = Variables(values)
        settings = cls(RuntimeSettings.read(variables))
        variables.check()
        return settings
