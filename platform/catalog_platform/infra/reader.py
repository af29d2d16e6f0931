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


class Reader(Function):
    """The function that returns stock; `url` is None unless the manifest enables it.

    The URL requires IAM authentication. The callers' IAM policies decide who may use it.
    https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html
    """

    url: lambda_.FunctionUrl | None

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        spec: model.Reader,
        defaults: FunctionDefaults,
        code: Path,
        database: Database,
        cache: Cache,
        log_group: logs.ILogGroup,
    ) -> None:
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
                **database.environment,
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
        self.url = (
            self.function.add_function_url(auth_type=lambda_.FunctionUrlAuthType.AWS_IAM)
            if spec.function_url
            else None
        )
