"""The inventory processor function and its event source mapping."""

from __future__ import annotations

from pathlib import Path

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_kinesis as kinesis
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from catalog_platform import model
from catalog_platform.infra.archive import Archive
from catalog_platform.infra.cache import Cache
from catalog_platform.infra.database import Database
from catalog_platform.infra.dead_letters import DeadLetters
from catalog_platform.infra.function import Function, FunctionDefaults
from catalog_platform.infra.schema_migration import SchemaMigration
from catalog_platform.infra.stream import Stream


class Processor(Function):
    """The function that applies updates; `mapping` invokes it with batches of the stream."""

    mapping: lambda_.CfnEventSourceMapping
    timeout_seconds: int

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        defaults: FunctionDefaults,
        code: Path,
        stream: Stream,
        database: Database,
        schema: SchemaMigration,
        cache: Cache,
        archive: Archive,
        dead_letters: DeadLetters,
        log_group: logs.ILogGroup,
    ) -> None:
        spec = defaults.spec
        super().__init__(
            scope,
            id,
            defaults=defaults,
            description="Applies inventory updates to the product catalog",
            code=code,
            handler="inventory_processor.handler.handle",
            memory_mb=spec.memory_mb,
            timeout_seconds=spec.timeout_seconds,
            reserved_concurrency=spec.reserved_concurrency,
            environment={
                **database.environment(database.application_role),
                **cache.environment,
                "ARCHIVE_BUCKET": archive.bucket.bucket_name,
                "DEAD_LETTER_BUCKET": dead_letters.bucket.bucket_name,
                "DEAD_LETTER_QUEUE_URL": dead_letters.queue.queue_url,
            },
            log_group=log_group,
        )
        self.timeout_seconds = spec.timeout_seconds
        self.mapping = self._build_mapping(spec, stream.stream, dead_letters.bucket)
        self.mapping.node.add_dependency(schema.resource)
        # New code may use what a migration adds, and an update of the code doesn't change the
        # mapping.
        self.function.node.add_dependency(schema.resource)
        if database.proxy is not None:
            self.mapping.node.add_dependency(database.proxy.targets)
            # The endpoint of a new proxy is of use only when the proxy has its target.
            self.function.node.add_dependency(database.proxy.targets)

    def _build_mapping(
        self, spec: model.Processor, stream: kinesis.IStream, failed_batches: s3.IBucket
    ) -> lambda_.CfnEventSourceMapping:
        """Create the event source mapping, which writes discarded batches to `failed_batches`.

        The destination is a bucket because a queue would receive only pointers to records, which
        expire in the stream. The mapping is an L1 construct because the CDK's S3 destination also
        grants the function the permission to read and delete objects.

        https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
        """
        return lambda_.CfnEventSourceMapping(
            self,
            "Mapping",
            function_name=self.function.function_name,
            event_source_arn=stream.stream_arn,
            starting_position=spec.starting_position,
            batch_size=spec.batch_size,
            maximum_batching_window_in_seconds=spec.batch_window_seconds,
            parallelization_factor=spec.parallelization_factor,
            maximum_retry_attempts=spec.retry_attempts,
            maximum_record_age_in_seconds=spec.maximum_record_age_seconds,
            bisect_batch_on_function_error=True,
            function_response_types=["ReportBatchItemFailures"],
            destination_config=lambda_.CfnEventSourceMapping.DestinationConfigProperty(
                on_failure=lambda_.CfnEventSourceMapping.OnFailureProperty(
                    destination=failed_batches.bucket_arn
                )
            ),
            metrics_config=lambda_.CfnEventSourceMapping.MetricsConfigProperty(
                metrics=["EventCount"]
            ),
        )

    def mapping_metric(self, name: str, period: Duration) -> cloudwatch.Metric:
        """Return a metric that the event source mapping emits, summed over `period`.

        https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html#event-source-mapping-metrics
        """
        return cloudwatch.Metric(
            namespace="AWS/Lambda",
            metric_name=name,
            dimensions_map={"EventSourceMappingUUID": self.mapping.ref},
            period=period,
            statistic="Sum",
        )
