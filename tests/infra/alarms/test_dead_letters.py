"""Alarms on updates that could not be applied."""

from __future__ import annotations

import pytest

from support.synthesis import Template

pytestmark = pytest.mark.synth


def test_queued_messages_fire_an_alarm(template: Template) -> None:
    alarm = template.properties("Alarms/DeadLetters")
    assert alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
    (dimension,) = alarm["Dimensions"]
    queue = template.logical_ids["DeadLetters/Queue"]
    assert dimension["Value"] == {"Fn::GetAtt": [queue, "QueueName"]}


def test_alarms_use_the_metrics_of_the_mapping(template: Template) -> None:
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
