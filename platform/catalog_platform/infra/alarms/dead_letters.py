"""Alarms on updates that were not applied."""

from __future__ import annotations

from aws_cdk import Duration

from catalog_platform.infra.alarms import missing_data
from catalog_platform.infra.alarms.factory import AlarmFactory
from catalog_platform.infra.dead_letters import DeadLetters
from catalog_platform.infra.processor import Processor

PERIOD = Duration.minutes(5)
COUNTED = missing_data.not_breaching("the mapping counts only what it gives up")


def watch(factory: AlarmFactory, processor: Processor, dead_letters: DeadLetters) -> None:
    """Hang up the alarms on everything that has missed the catalog."""
    factory.add_alarm(
        "DeadLetters",
        "dead_letters",
        dead_letters.queue.metric_approximate_number_of_messages_visible(
            period=PERIOD, statistic="Maximum"
        ),
        means="Malformed updates lie in the dead-letter bucket and nobody has looked at them",
        periods=1,
        missing_data=missing_data.not_breaching(
            "a queue that has been empty for six hours stops reporting"
        ),
    )
    factory.add_alarm(
        "BatchesGivenUp",
        "batches_given_up",
        processor.mapping_metric("OnFailureDestinationDeliveredEventCount", PERIOD),
        means="Updates were given up after their last retry; their payloads can be replayed",
        periods=1,
        missing_data=COUNTED,
    )
    factory.add_alarm(
        "UpdatesDropped",
        "updates_dropped",
        processor.mapping_metric("DroppedEventCount", PERIOD),
        means="Updates were given up and not even their payloads were kept; the stream still has "
        "them for a while",
        periods=1,
        missing_data=COUNTED,
    )
