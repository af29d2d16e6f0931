from __future__ import annotations

from typing import Any

import msgspec
import pytest

from catalog_platform.model import alarm
from catalog_platform.model.alarm import ThresholdAlarm

KINDS: list[tuple[type[ThresholdAlarm], str, bool]] = [
    (alarm.SecondsAlarm, "above_seconds", False),
    (alarm.PercentAlarm, "above_percent", False),
    (alarm.CountAlarm, "above_count", False),
    (alarm.LowCountAlarm, "below_count", True),
    (alarm.StorageAlarm, "below_gib", True),
    (alarm.MemoryAlarm, "below_mib", True),
]


@pytest.mark.parametrize(("kind", "key", "fires_below"), KINDS)
def test_the_threshold_and_its_direction_follow_the_name_of_the_key(
    kind: type[ThresholdAlarm], key: str, fires_below: bool
) -> None:
    made = msgspec.convert({"severity": "warning", key: 7}, kind)
    assert made.threshold == 7
    assert made.fires_below == fires_below == key.startswith("below")


@pytest.mark.parametrize(
    "tree",
    [
        {"severity": "warning", "above_percent": 101},
        {"severity": "info", "above_percent": 50},
        {"severity": "warning"},
        {"severity": "warning", "above_percent": 50, "below_percent": 50},
    ],
)
def test_an_alarm_outside_of_its_bounds_is_refused(tree: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(tree, alarm.PercentAlarm)


def test_an_alarm_without_a_threshold_of_its_own_is_an_error() -> None:
    with pytest.raises(NotImplementedError):
        _ = ThresholdAlarm(severity="warning").threshold
