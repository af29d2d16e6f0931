from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.manifest.checks.alarms import key_errors_alarm_needs_the_trail as rule
from support.models import violations

OFF = {"above_count": 1, "severity": "off"}
WARNING = {"above_count": 1, "severity": "warning"}


@pytest.mark.parametrize(
    ("alarms", "trail", "found"),
    [
        ({"key_errors": WARNING, "minimum_severity": "warning"}, False, True),
        ({"key_errors": WARNING, "minimum_severity": "warning"}, True, False),
        ({"key_errors": WARNING, "minimum_severity": "critical"}, False, False),
        ({"key_errors": OFF, "minimum_severity": "warning"}, False, False),
        ({"key_errors": WARNING, "minimum_severity": "off"}, False, False),
    ],
)
def test_only_an_alarm_that_is_created_needs_the_trail(
    alarms: dict[str, Any], trail: bool, found: bool
) -> None:
    broken = violations(rule, alarms=alarms, audit={"trail": trail})
    assert broken == (["alarms.key_errors.severity"] if found else [])
