"""Alarms on the stream: what comes in, and how long it waits."""

from __future__ import annotations

from aws_cdk import Duration

from catalog_platform.infra.alarms import missing_data
from catalog_platform.infra.alarms.factory import AlarmFactory
from catalog_platform.infra.stream import Stream

MILLISECONDS = 1000


def watch(factory: AlarmFactory, stream: Stream) -> None:
    """Hang up the alarms between the producers and the processor.

    https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html
    """
    kinesis = stream.stream
    factory.add_alarm(
        "IteratorAge",
        "iterator_age",
        kinesis.metric_get_records_iterator_age_milliseconds(
            period=Duration.minutes(1), statistic="Maximum"
        ),
        means="Updates wait in the stream: the catalog shows old stock",
        periods=3,
        missing_data=missing_data.breaching(
            "a stream that is read reports an age even when it is empty"
        ),
        scale=MILLISECONDS,
    )
    factory.add_alarm(
        "UpdatesStopped",
        "updates_stopped",
        kinesis.metric_incoming_records(period=Duration.hours(1), statistic="Sum"),
        means="Producers have fallen silent: the catalog grows old and nothing else would tell",
        periods=1,
        missing_data=missing_data.breaching("a stream that nobody writes to reports nothing"),
    )
    factory.add_alarm(
        "WriteThrottling",
        "write_throttling",
        kinesis.metric_write_provisioned_throughput_exceeded(
            period=Duration.minutes(5), statistic="Sum"
        ),
        means="Producers are refused: the stream has too few shards, or one SKU too many updates",
        periods=1,
        missing_data=missing_data.not_breaching("nobody has written"),
    )
