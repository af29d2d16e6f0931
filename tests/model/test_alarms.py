from __future__ import annotations

import pytest

from catalog_platform.model import Alarm, ThresholdAlarm
from support.models import a_manifest


@pytest.mark.parametrize(
    ("minimum", "severity", "created"),
    [
        ("warning", "warning", True),
        ("warning", "critical", True),
        ("critical", "warning", False),
        ("critical", "critical", True),
        ("off", "critical", False),
        ("warning", "off", False),
        ("off", "off", False),
    ],
)
def test_an_alarm_below_the_minimum_severity_is_not_created(
    minimum: str, severity: str, created: bool
) -> None:
    alarms = a_manifest(alarms={"minimum_severity": minimum}).alarms
    alarm = Alarm(severity=severity)  # type: ignore[arg-type]
    assert alarms.severity_of(alarm) == (severity if created else None)


def test_thresholds_are_all_alarms_that_have_one_by_name() -> None:
    alarms = a_manifest().alarms
    assert all(isinstance(each, ThresholdAlarm) for each in alarms.thresholds.values())
    assert alarms.thresholds["iterator_age"] is alarms.iterator_age
    assert "catalog_unhealthy" not in alarms.thresholds
