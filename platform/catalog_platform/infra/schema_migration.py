"""The database's schema: a function that applies numbered migrations, run by the deployment."""

from __future__ import annotations

import hashlib
from pathlib import Path

from aws_cdk import CustomResource, Duration
from aws_cdk import aws_logs as logs
from constructs import Construct

from catalog_platform.errors import PlatformError
from catalog_platform.infra.database import Database
from catalog_platform.infra.function import Function, FunctionDefaults
from catalog_platform.infra.proxy import resource_id_of

MEMORY_MB = 256
TIMEOUT_SECONDS = 240
SERVICE_TIMEOUT_SECONDS = 300


class Schema(Function):
    """The migrator; `resource` is complete as soon as every migration of `code` is applied.

    CloudFormation invokes the function itself, without a framework in between, and runs it again
    whenever the digest of the migrations changes or another database takes the old one's place.
    """

    resource: CustomResource

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        defaults: FunctionDefaults,
        code: Path,
        database: Database,
        log_group: logs.ILogGroup,
    ) -> None:
        super().__init__(
            scope,
            id,
            defaults=defaults,
            description="Applies database migrations of the product catalog",
            code=code,
            handler="schema_migrator.handler.handle",
            memory_mb=MEMORY_MB,
            timeout_seconds=TIMEOUT_SECONDS,
            # Where nothing may be reserved, the migrations' own lock has to be enough.
            reserved_concurrency=defaults.one_at_a_time,
            environment=database.owner_environment | database.login.migrator_environment,
            log_group=log_group,
        )
        self.resource = CustomResource(
            self,
            "Migrations",
            resource_type="Custom::CatalogSchema",
            service_token=self.function.function_arn,
            service_timeout=Duration.seconds(SERVICE_TIMEOUT_SECONDS),
            properties={
                "SchemaDigest": digest(code),
                # A new instance is empty, whatever it is called. The reference also makes sure
                # that it is there first.
                "Database": resource_id_of(database.instance),
                # The role is made anew when another one is asked for.
                "Application": database.login.description,
            },
        )
        self.resource.node.add_dependency(defaults.network.ways)


def digest(code: Path) -> str:
    """SHA-256 over names and contents of the migrations in a bundle and of the role's rights.

    Raises `PlatformError` when the bundle has none.
    """
    folder = code / "schema_migrator" / "migrations"
    migrations = sorted(folder.glob("*.sql"))
    rights = folder.parent / "access.sql"
    if not migrations or not rights.is_file():
        raise PlatformError(
            f"{folder.parent}: no migrations (migrations/*.sql) or no access.sql",
            hint="the bundle of schema_migrator is incomplete; build it again",
        )
    total = hashlib.sha256()
    for statements in [*migrations, rights]:
        content = statements.read_bytes()
        total.update(f"{statements.name}\0{len(content)}\0".encode())
        total.update(content)
    return total.hexdigest()
