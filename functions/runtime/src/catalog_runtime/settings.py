"""The settings that all functions share."""

from __future__ import annotations

from dataclasses import dataclass

from catalog_runtime.environment import Variables

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
TLS_MODES = ("verify-full", "disable")


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSettings:
    """Where PostgreSQL is and how to get in; the credentials stay in Secrets Manager."""

    host: str
    port: int
    name: str
    secret_arn: str
    tls: str

    @classmethod
    def read(cls, variables: Variables) -> DatabaseSettings:
        """From `DATABASE_*`; problems are kept in `variables`."""
        return cls(
            host=variables.text("DATABASE_HOST"),
            port=variables.port("DATABASE_PORT"),
            name=variables.text("DATABASE_NAME"),
            secret_arn=variables.text("DATABASE_SECRET_ARN"),
            tls=variables.choice("DATABASE_TLS", TLS_MODES),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeSettings:
    """What a function has to know to log and to reach the database."""

    environment_name: str
    log_level: str
    database: DatabaseSettings

    @classmethod
    def read(cls, variables: Variables) -> RuntimeSettings:
        """From `ENVIRONMENT_NAME`, `LOG_LEVEL` and `DATABASE_*`."""
        return cls(
            environment_name=variables.text("ENVIRONMENT_NAME"),
            log_level=variables.choice("LOG_LEVEL", LOG_LEVELS),
            database=DatabaseSettings.read(variables),
        )
