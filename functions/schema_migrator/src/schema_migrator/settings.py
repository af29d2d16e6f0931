"""The migrator's settings, parsed from environment variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalog_runtime.environment import Variables
from catalog_runtime.settings import AUTHENTICATION, RuntimeSettings
from schema_migrator.access import APPLICATION_RIGHTS, READER_RIGHTS


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleSettings:
    """A function's database role; without a secret if it logs in by IAM token.

    `rights` is the file with the statements that grant its rights.
    """

    authentication: str
    username: str
    secret_arn: str
    rights: str

    @classmethod
    def read(cls, variables: Variables, prefix: str, rights: str) -> RoleSettings:
        """Read `<prefix>_*`; `variables` collects the problems."""
        authentication = variables.choice(f"{prefix}_AUTHENTICATION", AUTHENTICATION)
        return cls(
            authentication=authentication,
            username=variables.text(f"{prefix}_USERNAME"),
            secret_arn=variables.text(f"{prefix}_SECRET_ARN", may_be_empty=authentication == "iam"),
            rights=rights,
        )


@dataclass(frozen=True, slots=True)
class Settings:
    """The migrator's environment variables; `roles` are the roles to provide."""

    runtime: RuntimeSettings
    roles: tuple[RoleSettings, ...]

    @classmethod
    def parse(cls, values: Mapping[str, str]) -> Settings:
        """Parse the variables. Raises `SettingsError` that names all missing or invalid ones."""
        variables = Variables(values)
        roles = [RoleSettings.read(variables, "APPLICATION", APPLICATION_RIGHTS)]
        # An environment without a reader has no such variables.
        if any(name.startswith("READER_") for name in values):
            roles.append(RoleSettings.read(variables, "READER", READER_RIGHTS))
        settings = cls(RuntimeSettings.read(variables), tuple(roles))
        variables.check()
        return settings
