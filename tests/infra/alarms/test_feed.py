"""Alarms between a producer and the stores."""

from __future__ import annotations

import pytest

from support.synthesis import Template

pytestmark = pytest.mark.synth


@pytest.mark.parametrize(
    ("name", "metric", "threshold", "missing"),
    [
        ("IteratorAge", "GetRecords.IteratorAgeMilliseconds", 60_000, "breaching"),
        ("WriteThrottling", "WriteProvisionedThroughputExceeded", 0, "notBreaching"),
        ("ProcessorDuration", "Duration", 48_000, "notBreaching"),
        ("ProcessorThrottles", "Throttles", 0, "notBreaching"),
        ("DeadLetters", "ApproximateNumberOfMessagesVisible", 0, "notBreaching"),
        ("BatchesGivenUp", "OnFailureDestinationDeliveredEventCount", 0, "notBreaching"),
        ("UpdatesDropped", "DroppedEventCount", 0, "notBreaching"),
    ],
)
def test_alarms_ring_above_their_threshold(
    template: Template, name: str, metric: str, threshold: int, missing: str
) -> None:
    alarm = template.properties(f"Alarms/{name}")
    assert alarm["MetricName"] == metric
    assert alarm["Threshold"] == threshold
    assert alarm["ComparisonOperator"] == "GreaterThanThreshold"
    assert alarm["TreatMissingData"] == missing


def test_errors_are_a_share_of_the_invocations(template: Template) -> None:
    alarm = template.properties("Alarms/ProcessorErrors")
    assert alarm["Threshold"] == 5
    expressions = [query["Expression"] for query in alarm["Metrics"] if "Expression" in query]
    assert expressions == ["100 * errors / invocations"]


def test_the_mapping_counts_what_the_alarms_watch(template: Template) -> None:
    assert template.properties("Processor/Mapping")["MetricsConfig"] == {"Metrics": ["EventCount"]}
    for name in ("BatchesGivenUp", "UpdatesDropped"):
        assert template.properties(f"Alarms/{name}")["Dimensions"] == [
            {"Name": "EventSourceMappingUUID", "Value": template.ref("Processor/Mapping")}
        ]
