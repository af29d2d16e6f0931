"""The catalog reader function and its optional function URL."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from catalog_platform import model
from catalog_platform.infra.cache import Cache
from catalog_platform.infra.database import Database
from catalog_platform.infra.function import Function, FunctionDefaults
from catalog_platform.infra.schema_migration import SchemaMigration


class Reader(Function):
    """The function that returns stock; `url` is None unless the manifest enables it.

    It logs in as a role that can only read. Earlier releases logged in as the processor's role,
    with an IAM role called `Role`. The new name makes CloudFormation replace the IAM role, so that
    the previous code keeps its own rights until the function is updated, also after a rollback.

    The URL requires IAM authentication. The callers' IAM policies decide who may use it.
    https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
    """

    url: lambda_.FunctionUrl | None
    role_id = "ReadOnlyRole"

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        spec: model.Reader,
        defaults: FunctionDefaults,
        code: Path,
        database: Database,
        schema: SchemaMigration,
        cache: Cache,
        log_group: logs.ILogGroup,
    ) -> None:
        role = database.reader_role
        assert role is not None  # noqa: S101 - it exists if the reader is enabled
        super().__init__(
            scope,
            id,
            defaults=defaults,
            description="Answers what is in stock in the product catalog",
            code=code,
            handler="catalog_reader.handler.handle",
            memory_mb=spec.memory_mb,
            timeout_seconds=spec.timeout_seconds,
            reserved_concurrency=spec.reserved_concurrency,
            environment={
                **database.environment(role),
                "REPLICA_HOSTS": database.replica_hosts,
                **cache.environment,
                "STOCK_FRESH_SECONDS": str(spec.stock_fresh_seconds),
                "UNKNOWN_FRESH_SECONDS": str(spec.unknown_fresh_seconds),
                "PAGE_FRESH_SECONDS": str(spec.page_fresh_seconds),
            },
            log_group=log_group,
        )
        if database.proxy is not None:
            # The endpoint of a new proxy is of use only when the proxy has its target.
            self.function.node.add_dependency(database.proxy.targets)
        # The migrator creates the role, and the proxy must know its password.
        self.function.node.add_dependency(schema.resource)
        database.grant_login(self.role, role)
        database.grant_replica_login(self.role, role)
        cache.grant_login(self.role)
        self.url = (
            self.function.add_function_url(auth_type=lambda_.FunctionUrlAuthType.AWS_IAM)
            if spec.function_url
            else None
        )
