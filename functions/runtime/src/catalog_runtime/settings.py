"""Settings that all functions share."""

from __future__ import annotations

from dataclasses import dataclass

from catalog_runtime.environment import Variables

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
TLS_MODES = ("verify-full", "disable")
AUTHENTICATION = ("iam", "password")
# Only RDS Proxy has a certificate of public authorities.
PROXY_AUTHORITIES = "public"
AUTHORITIES = ("rds", PROXY_AUTHORITIES)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseSettings:
    """Endpoint, authentication and TLS of PostgreSQL.

    With `iam`, `username` logs in by token and there is no secret; with `password`, the secret has
    user name and password. `authorities` sign the server's certificate: RDS's own for instances,
    public ones for proxies.
    """

    host: str
    port: int
    name: str
    authentication: str
    username: str
    secret_arn: str
    tls: str
    authorities: str

    @classmethod
    def read(cls, variables: Variables) -> DatabaseSettings:
        """Read `DATABASE_*`; `variables` collects the problems."""
        authentication = variables.choice("DATABASE_AUTHENTICATION", AUTHENTICATION)
        return cls(
            host=variables.text("DATABASE_HOST"),
            port=variables.port("DATABASE_PORT"),
            name=variables.text("DATABASE_NAME"),
            authentication=authentication,
            username=variables.text("DATABASE_USERNAME"),
            secret_arn=variables.text("DATABASE_SECRET_ARN", may_be_empty=authentication == "iam"),
            tls=variables.choice("DATABASE_TLS", TLS_MODES),
            authorities=variables.choice("DATABASE_AUTHORITIES", AUTHORITIES),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RuntimeSettings:
    """Settings for logs and the database."""

    environment_name: str
    log_level: str
    database: DatabaseSettings

    @classmethod
    def read(cls, variables: Variables) -> RuntimeSettings:
        """Read `ENVIRONMENT_NAME`, `LOG_LEVEL` and `DATABASE_*`."""
        return cls(
            environment_name=variables.text("ENVIRONMENT_NAME"),
            log_level=variables.choice("LOG_LEVEL", LOG_LEVELS),
            database=DatabaseSettings.read(variables),
        )
