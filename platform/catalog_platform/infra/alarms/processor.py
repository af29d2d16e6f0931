"""Alarms on the function that applies updates, and on what it counts itself.

A batch that cannot be applied is reported back to the mapping, not raised: it is no error of the
function. Hence `batch_failures` besides `processor_errors`; the former sees a store that is down,
the latter a function that times out, runs out of memory or does not start.
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
    "an idle processor reports nothing, and iterator_age tells a dead one"
)


def watch(factory: AlarmFactory, processor: Processor, environment: str) -> None:
    """Hang up the alarms on the processor of an environment."""
    _watch_function(factory, processor)
    _watch_batches(factory, environment)


def counted(environment: str, name: str, statistic: str = "Sum") -> cloudwatch.Metric:
    """A count that the processor writes for every batch, under the environment's name."""
    return cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name=name,
        dimensions_map={"Environment": environment},
        period=PERIOD,
        statistic=statistic,
    )


def percent(label: str, part: cloudwatch.IMetric, whole: cloudwatch.IMetric) -> cloudwatch.IMetric:
    """One sum as a share of another."""
    return cloudwatch.MathExpression(
        expression="100 * part / whole",
        label=label,
        period=PERIOD,
        using_metrics={"part": part, "whole": whole},
    )


def _watch_function(factory: AlarmFactory, processor: Processor) -> None:
    function = processor.function
    factory.add_alarm(
        "ProcessorErrors",
        "processor_errors",
        percent(
            "Failing invocations, percent",
            function.metric_errors(period=PERIOD, statistic="Sum"),
            function.metric_invocations(period=PERIOD, statistic="Sum"),
        ),
        means="The processor crashes, times out or does not start; batches are retried, and "
        "given up in the end",
        periods=1,
        missing_data=IDLE,
    )
    factory.add_alarm(
        "ProcessorThrottles",
        "processor_throttles",
        function.metric_throttles(period=PERIOD, statistic="Sum"),
        means="The processor may not run as often as there is work: updates begin to wait",
        periods=1,
        missing_data=IDLE,
    )
    factory.add_alarm(
        "ProcessorDuration",
        "processor_duration",
        function.metric_duration(period=PERIOD, statistic="Maximum"),
        means="Batches take nearly as long as they may; what takes longer is cut off and repeated",
        periods=2,
        missing_data=IDLE,
        scale=processor.timeout_seconds * MILLISECONDS / 100,
    )


def _watch_batches(factory: AlarmFactory, environment: str) -> None:
    received = counted(environment, "RecordsReceived")
    for id_, name, count, label, means in (
        (
            "BatchFailures",
            "batch_failures",
            "BatchFailures",
            "Batches to be repeated, percent",
            "The database, the archive or the dead letters cannot be written: updates wait",
        ),
        (
            "CacheFailures",
            "cache_failures",
            "CacheFailures",
            "Batches without cache, percent",
            "The cache cannot be written: its readers see old stock, the database is right",
        ),
    ):
        factory.add_alarm(
            id_,
            name,
            percent(
                label,
                counted(environment, count),
                # One value a batch, so their number is the number of batches.
                counted(environment, count, "SampleCount"),
            ),
            means=means,
            periods=1,
            missing_data=IDLE,
        )
    factory.add_alarm(
        "MalformedRecords",
        "malformed_records",
        percent("Refused updates, percent", counted(environment, "RecordsMalformed"), received),
        means="A producer sends what the event contract does not allow: these updates are missing",
        periods=1,
        missing_data=IDLE,
    )
