"""The alarm on the proxy."""

from __future__ import annotations

import pytest

from support.synthesis import Template

pytestmark = pytest.mark.synth


def test_the_proxy_has_an_alarm_on_its_health_checks(template: Template) -> None:
    alarm = template.properties("Alarms/ProxyAvailability")
    assert (alarm["Namespace"], alarm["MetricName"]) == ("AWS/RDS", "AvailabilityPercentage")
    assert {each["Name"]: each["Value"] for each in alarm["Dimensions"]} == {
        "ProxyName": template.ref("Database/Proxy/Proxy"),
        "TargetGroup": "default",
        "TargetRole": "READ_WRITE",
    }
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 90)
    # A proxy that never reaches its database may report nothing.
    assert alarm["TreatMissingData"] == "breaching"


def test_without_a_proxy_there_is_no_alarm(minimal: Template) -> None:
    assert not minimal.has("Database/Proxy")
    assert not minimal.has("Alarms/ProxyAvailability")
