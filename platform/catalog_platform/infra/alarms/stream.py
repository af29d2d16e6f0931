"""Alarms on the stream's incoming records, throttling and iterator age."""

from __future__ import annotations

from aws_cdk import Duration

from catalog_platform.infra.alarms import missing_data
from catalog_platform.infra.alarms.factory import AlarmFactory
from catalog_platform.infra.stream import Stream

MILLISECONDS = 1000


def add_alarms(factory: AlarmFactory, stream: Stream) -> None:
    """Create the alarms on the stream.

    https://docs.aws.amazon.com/streams/latest/dev/monitoring-with-cloudwatch.html
    """
    kinesis = stream.stream
    factory.add_alarm(
        "IteratorAge",
        "iterator_age",
        kinesis.metric_get_records_iterator_age_milliseconds(
            period=Duration.minutes(1), statistic="Maximum"
        ),
        summary="Fires when updates wait too long in the stream. The catalog shows old stock",
        periods=3,
        missing_data=missing_data.breaching(
            "the stream reports an age whenever it is read, even when it is empty"
        ),
        scale=MILLISECONDS,
    )
    factory.add_alarm(
        "UpdatesStopped",
        "updates_stopped",
        kinesis.metric_incoming_records(period=Duration.hours(1), statistic="Sum"),
        summary="Fires when producers send too few updates. The catalog becomes outdated, and no "
        "other alarm detects it",
        periods=1,
        missing_data=missing_data.breaching("the stream reports nothing when it gets no updates"),
    )
    factory.add_alarm(
        "WriteThrottling",
        "write_throttling",
        kinesis.metric_write_provisioned_throughput_exceeded(
            period=Duration.minutes(5), statistic="Sum"
        ),
        summary="Fires when the stream throttles producers. It has too few shards, or a single SKU "
        "gets too many updates",
        periods=1,
        missing_data=missing_data.not_breaching("the stream reports nothing without writes"),
    )
