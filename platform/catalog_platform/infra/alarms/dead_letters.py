"""Alarms on updates that could not be applied."""

from __future__ import annotations

from aws_cdk import Duration

from catalog_platform.infra.alarms import missing_data
from catalog_platform.infra.alarms.factory import AlarmFactory
from catalog_platform.infra.dead_letters import DeadLetters
from catalog_platform.infra.processor import Processor

PERIOD = Duration.minutes(5)
REPORTED_ON_FAILURE = missing_data.not_breaching(
    "the event source mapping reports this metric only when it discards updates"
)


def add_alarms(factory: AlarmFactory, processor: Processor, dead_letters: DeadLetters) -> None:
    """Create the alarms on dead letters and discarded updates."""
    factory.add_alarm(
        "DeadLetters",
        "dead_letters",
        dead_letters.queue.metric_approximate_number_of_messages_visible(
            period=PERIOD, statistic="Maximum"
        ),
        summary="Fires while the dead-letter queue holds messages about malformed updates that "
        "still have to be handled",
        periods=1,
        missing_data=missing_data.not_breaching(
            "a queue stops reporting after it has been empty for six hours"
        ),
    )
    factory.add_alarm(
        # The construct id differs from the key: another id would replace the alarm.
        "BatchesGivenUp",
        "discarded_batches",
        processor.mapping_metric("OnFailureDestinationDeliveredEventCount", PERIOD),
        summary="Fires when updates are discarded after their last retry. Their payloads are in "
        "the dead-letter bucket and can be replayed",
        periods=1,
        missing_data=REPORTED_ON_FAILURE,
    )
    factory.add_alarm(
        "UpdatesDropped",
        "updates_dropped",
        processor.mapping_metric("DroppedEventCount", PERIOD),
        summary="Fires when updates are discarded and their payloads could not be saved. The "
        "stream keeps them until its retention period ends",
        periods=1,
        missing_data=REPORTED_ON_FAILURE,
    )
