"""The migrator's settings, parsed from environment variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalog_runtime.environment import Variables
from catalog_runtime.settings import AUTHENTICATION, RuntimeSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationSettings:
    """The application's database role; without a secret if it logs in by IAM token."""

    authentication: str
    username: str
    secret_arn: str

    @classmethod
    def read(cls, variables: Variables) -> ApplicationSettings:
        """Read `APPLICATION_*`; `variables` collects the problems."""
        authentication = variables.choice("APPLICATION_AUTHENTICATION", AUTHENTICATION)
        return cls(
            authentication=authentication,
            username=variables.text("APPLICATION_USERNAME"),
            secret_arn=variables.text(
                "APPLICATION_SECRET_ARN", may_be_empty=authentication == "iam"
            ),
        )


@dataclass(frozen=True, slots=True)
class Settings:
    """The migrator's environment variables."""

    runtime: RuntimeSettings
    application: ApplicationSettings

    @classmethod
    def parse(cls, values: Mapping[str, str]) -> Settings:
        """Parse the variables. Raises `SettingsError` that names all missing or invalid ones."""
        variables = Variables(values)
        settings = cls(RuntimeSettings.read(variables), ApplicationSettings.read(variables))
        variables.check()
        return settings
