"""Alarms on the processor function and on the metrics that it emits.

The processor reports a failed batch to the event source mapping and raises no error. Therefore
there are two alarms: `batch_failures` detects a data store that is down, and `processor_errors`
detects a function that times out, runs out of memory or doesn't start.
"""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from catalog_platform.infra.alarms import missing_data
from catalog_platform.infra.alarms.factory import AlarmFactory
from catalog_platform.infra.processor import Processor

MILLISECONDS = 1000
PERIOD = Duration.minutes(5)
NAMESPACE = "ProductCatalog"
IDLE = missing_data.not_breaching(
    "an idle processor reports nothing, and iterator_age detects a processor that is down"
)


def add_alarms(factory: AlarmFactory, processor: Processor, environment: str) -> None:
    """Create the alarms on the processor of an environment."""
    _add_function_alarms(factory, processor)
    _add_batch_alarms(factory, environment)


def processor_metric(environment: str, name: str, statistic: str = "Sum") -> cloudwatch.Metric:
    """Return a metric that the processor emits for every batch, with the environment's name."""
    return cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name=name,
        dimensions_map={"Environment": environment},
        period=PERIOD,
        statistic=statistic,
    )


def percentage(
    label: str, part: cloudwatch.IMetric, whole: cloudwatch.IMetric
) -> cloudwatch.IMetric:
    """Return one metric as a percentage of another."""
    return cloudwatch.MathExpression(
        expression="100 * part / whole",
        label=label,
        period=PERIOD,
        using_metrics={"part": part, "whole": whole},
    )


def _add_function_alarms(factory: AlarmFactory, processor: Processor) -> None:
    function = processor.function
    factory.add_alarm(
        "ProcessorErrors",
        "processor_errors",
        percentage(
            "Failing invocations, percent",
            function.metric_errors(period=PERIOD, statistic="Sum"),
            function.metric_invocations(period=PERIOD, statistic="Sum"),
        ),
        summary="Fires when the processor crashes, times out or doesn't start. Batches are retried "
        "and discarded after their last retry",
        periods=1,
        missing_data=IDLE,
    )
    factory.add_alarm(
        "ProcessorThrottles",
        "processor_throttles",
        function.metric_throttles(period=PERIOD, statistic="Sum"),
        summary="Fires when Lambda throttles the processor because it reached its concurrency "
        "limit. Updates wait in the stream",
        periods=1,
        missing_data=IDLE,
    )
    factory.add_alarm(
        "ProcessorDuration",
        "processor_duration",
        function.metric_duration(period=PERIOD, statistic="Maximum"),
        summary="Fires when a batch takes nearly as long as the processor's timeout. Batches that "
        "exceed it are aborted and retried",
        periods=2,
        missing_data=IDLE,
        scale=processor.timeout_seconds * MILLISECONDS / 100,
    )


def _add_batch_alarms(factory: AlarmFactory, environment: str) -> None:
    for id_, name, count, label, summary in (
        (
            "BatchFailures",
            "batch_failures",
            "BatchFailures",
            "Batches to be repeated, percent",
            "Fires when writes to the database, archive or dead letters fail. Updates wait",
        ),
        (
            "CacheFailures",
            "cache_failures",
            "CacheFailures",
            "Batches without cache, percent",
            "Fires when writes to the cache fail. Its readers see old stock",
        ),
    ):
        factory.add_alarm(
            id_,
            name,
            percentage(
                label,
                processor_metric(environment, count),
                # The processor emits one value per batch, so the sample count is the number of
                # batches.
                processor_metric(environment, count, "SampleCount"),
            ),
            summary=summary,
            periods=1,
            missing_data=IDLE,
        )
    factory.add_alarm(
        "MalformedRecords",
        "malformed_records",
        percentage(
            "Refused updates, percent",
            processor_metric(environment, "EventsMalformed"),
            processor_metric(environment, "EventsReceived"),
        ),
        summary="Fires when a producer sends updates that violate the event contract. These "
        "updates are not applied",
        periods=1,
        missing_data=IDLE,
    )
