"""The schema migrator function, which applies migrations during a deployment."""

from __future__ import annotations

import hashlib
import zipfile
from pathlib import Path, PurePosixPath

from aws_cdk import CustomResource, Duration
from aws_cdk import aws_logs as logs
from constructs import Construct

from catalog_platform.errors import PlatformError
from catalog_platform.infra.database import Database
from catalog_platform.infra.function import Function, FunctionDefaults
from catalog_platform.infra.proxy import instance_resource_id

PACKAGE = PurePosixPath("schema_migrator")
MEMORY_MB = 256
TIMEOUT_SECONDS = 240
SERVICE_TIMEOUT_SECONDS = 300


class SchemaMigration(Function):
    """The migrator; CloudFormation completes `resource` after all migrations are applied.

    CloudFormation invokes the function directly as a custom resource. It runs the function again
    if the digest of the migrations, the database or one of the functions' roles changes.
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
            # Without reserved concurrency, the migrator's own lock prevents concurrent runs.
            reserved_concurrency=defaults.single_concurrency,
            environment=database.owner_environment
            | {
                name: value
                for prefix, role in database.roles.items()
                for name, value in role.variables(prefix.upper()).items()
            },
            log_group=log_group,
        )
        self.resource = CustomResource(
            self,
            "Migrations",
            resource_type="Custom::CatalogSchema",
            service_token=self.function.function_arn,
            service_timeout=Duration.seconds(SERVICE_TIMEOUT_SECONDS),
            properties={
                "SchemaDigest": schema_digest(code),
                # A new instance is empty even if its name is the same. The reference also makes
                # CloudFormation create the instance first.
                "Database": instance_resource_id(database.instance),
            }
            # A changed role runs the migrator, which creates it.
            | {name: role.description for name, role in database.roles.items()},
        )
        self.resource.node.add_dependency(defaults.network.connectivity)


def schema_digest(code: Path) -> str:
    """Return the SHA-256 of the migrations and the roles' permissions in a bundle.

    Raises `PlatformError` if the bundle lacks either of them.
    """
    with zipfile.ZipFile(code) as files:
        names = {PurePosixPath(name) for name in files.namelist()}
        rights = [PACKAGE / "access.sql", PACKAGE / "reader_access.sql"]
        numbered = PACKAGE / "migrations", ".sql"
        migrations = sorted(each for each in names if (each.parent, each.suffix) == numbered)
        if not migrations or not names.issuperset(rights):
            raise PlatformError(
                f"{code}: migrations/*.sql, access.sql or reader_access.sql is missing",
                hint="the bundle of schema_migrator is incomplete; delete it and build it again",
            )
        total = hashlib.sha256()
        for name in [*migrations, *rights]:
            content = files.read(str(name))
            total.update(f"{name.name}\0{len(content)}\0".encode())
            total.update(content)
    return total.hexdigest()
