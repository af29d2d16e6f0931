"""Alarms on updates that were not applied."""

from __future__ import annotations

import pytest

from support.synthesis import Template

pytestmark = pytest.mark.synth


def test_announcements_in_the_queue_ring(template: Template) -> None:
    alarm = template.properties("Alarms/DeadLetters")
    assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
    (dimension,) = alarm["Dimensions"]
    queue = template.logical_ids["DeadLetters/Queue"]
    assert dimension["Value"] == {"Fn::GetAtt": [queue, "QueueName"]}


def test_the_mapping_counts_what_the_alarms_watch(template: Template) -> None:
    assert template.properties("Processor/Mapping")["MetricsConfig"] == {"Metrics": ["EventCount"]}
    for name, metric in (
        ("BatchesGivenUp", "OnFailureDestinationDeliveredEventCount"),
        ("UpdatesDropped", "DroppedEventCount"),
    ):
        alarm = template.properties(f"Alarms/{name}")
        assert alarm["MetricName"] == metric
        assert alarm["Dimensions"] == [
            {"Name": "EventSourceMappingUUID", "Value": template.ref("Processor/Mapping")}
        ]
