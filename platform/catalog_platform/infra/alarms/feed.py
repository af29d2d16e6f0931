"""Alarms on the way of an update: stream, processor, dead letters."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from catalog_platform import model
from catalog_platform.infra.alarms.bell import ABOVE, Bell
from catalog_platform.infra.dead_letters import DeadLetters
from catalog_platform.infra.processor import Processor
from catalog_platform.infra.stream import Stream

MILLISECONDS = 1000
PERIOD = Duration.minutes(1)
SLOW_PERIOD = Duration.minutes(5)
QUIET = cloudwatch.TreatMissingData.NOT_BREACHING


def watch(
    bell: Bell,
    spec: model.Alarms,
    stream: Stream,
    processor: Processor,
    dead_letters: DeadLetters,
) -> None:
    """Hang up the alarms between a producer and the stores."""
    _watch_stream(bell, spec, stream)
    _watch_function(bell, spec, processor)
    _watch_losses(bell, processor, dead_letters)


def _watch_stream(bell: Bell, spec: model.Alarms, stream: Stream) -> None:
    bell.ring_when(
        "IteratorAge",
        stream.stream.metric_get_records_iterator_age_milliseconds(
            period=PERIOD, statistic="Maximum"
        ),
        ABOVE,
        spec.iterator_age_seconds * MILLISECONDS,
        description="Updates wait in the stream: the catalog shows old stock",
        periods=3,
        # Read without pause, the stream reports an age even when it is empty.
        missing=cloudwatch.TreatMissingData.BREACHING,
    )
    bell.ring_when(
        "WriteThrottling",
        stream.stream.metric_write_provisioned_throughput_exceeded(
            period=SLOW_PERIOD, statistic="Sum"
        ),
        ABOVE,
        0,
        description="Producers are refused: the stream has too few shards",
        periods=1,
        missing=QUIET,
    )


def _watch_function(bell: Bell, spec: model.Alarms, processor: Processor) -> None:
    function = processor.function
    bell.ring_when(
        "ProcessorErrors",
        cloudwatch.MathExpression(
            expression="100 * errors / invocations",
            label="Failing invocations, percent",
            period=SLOW_PERIOD,
            using_metrics={
                "errors": function.metric_errors(period=SLOW_PERIOD, statistic="Sum"),
                "invocations": function.metric_invocations(period=SLOW_PERIOD, statistic="Sum"),
            },
        ),
        ABOVE,
        spec.processor_error_percent,
        description="The processor fails: batches are retried, and dead-lettered in the end",
        periods=1,
        missing=QUIET,
    )
    bell.ring_when(
        "ProcessorDuration",
        function.metric_duration(period=SLOW_PERIOD, statistic="Maximum"),
        ABOVE,
        processor.timeout_seconds * MILLISECONDS * spec.processor_duration_percent / 100,
        description="Batches take nearly as long as they may",
        periods=2,
        missing=QUIET,
    )
    bell.ring_when(
        "ProcessorThrottles",
        function.metric_throttles(period=SLOW_PERIOD, statistic="Sum"),
        ABOVE,
        0,
        description="The processor may not run as often as there is work",
        periods=1,
        missing=QUIET,
    )


def _watch_losses(bell: Bell, processor: Processor, dead_letters: DeadLetters) -> None:
    bell.ring_when(
        "DeadLetters",
        dead_letters.queue.metric_approximate_number_of_messages_visible(
            period=SLOW_PERIOD, statistic="Maximum"
        ),
        ABOVE,
        0,
        description="Malformed updates lie in the dead-letter bucket",
        periods=1,
        missing=QUIET,
    )
    for name, metric, description in (
        (
            "BatchesGivenUp",
            "OnFailureDestinationDeliveredEventCount",
            "Updates were given up after their last retry; their payloads can be replayed",
        ),
        (
            "UpdatesDropped",
            "DroppedEventCount",
            "Updates were dropped, and not even their payloads could be kept",
        ),
    ):
        bell.ring_when(
            name,
            processor.mapping_metric(metric, SLOW_PERIOD),
            ABOVE,
            0,
            description=description,
            periods=1,
            missing=QUIET,
        )
