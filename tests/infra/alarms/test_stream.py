"""Alarms on the stream."""

from __future__ import annotations

import pytest

from support.synthesis import Template

pytestmark = pytest.mark.synth


@pytest.mark.parametrize(
    ("name", "metric", "missing"),
    [
        ("IteratorAge", "GetRecords.IteratorAgeMilliseconds", "breaching"),
        ("UpdatesStopped", "IncomingRecords", "breaching"),
        ("WriteThrottling", "WriteProvisionedThroughputExceeded", "notBreaching"),
    ],
)
def test_the_stream_has_alarms(template: Template, name: str, metric: str, missing: str) -> None:
    alarm = template.properties(f"Alarms/{name}")
    assert (alarm["MetricName"], alarm["TreatMissingData"]) == (metric, missing)
    assert alarm["Dimensions"] == [{"Name": "StreamName", "Value": template.ref("Stream/Stream")}]
