"""The alarm on password rotations."""

from __future__ import annotations

import pytest

from support.synthesis import Template

pytestmark = pytest.mark.synth


def test_a_failed_step_of_a_rotation_fires_the_alarm(template: Template) -> None:
    alarm = template.properties("Alarms/RotationFailures")
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/Lambda", "Errors")
    assert alarm["Dimensions"] == [
        {"Name": "FunctionName", "Value": template.ref("Database/Rotation/Function")}
    ]
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 0)
    # Rotations are weeks apart.
    assert alarm["TreatMissingData"] == "notBreaching"


def test_without_rotation_there_is_no_alarm(minimal: Template) -> None:
    assert not minimal.has("Database/Rotation")
    assert not minimal.has("Alarms/RotationFailures")
