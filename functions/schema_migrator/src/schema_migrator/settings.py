"""The migrator's settings, parsed from environment variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalog_runtime.environment import Variables
from catalog_runtime.settings import AUTHENTICATION, RuntimeSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationSettings:
    """The role that the application logs in as; without a secret when it does so by IAM token."""

    authentication: str
    username: str
    secret_arn: str

    @classmethod
    def read(cls, variables: Variables) -> ApplicationSettings:
        """From `APPLICATION_*`; problems are kept in `variables`."""
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
    """Everything the migrator is told by its surroundings."""

    runtime: RuntimeSettings
    application: ApplicationSettings

    @classmethod
    def parse(cls, values: Mapping[str, str]) -> Settings:
        """Raises `SettingsError` that names every missing or invalid variable."""
        variables = Variables(values)
        settings = cls(RuntimeSettings.read(variables), ApplicationSettings.read(variables))
        variables.check()
        return settings
