"""The rollback configuration in requests and responses.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackConfiguration.html
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from embedded_aws.emulator.cloudformation.rollback_triggers import KEY

MINUTES = f"{KEY}.MonitoringTimeInMinutes"
TRIGGERS = f"{KEY}.RollbackTriggers"


def given(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the configuration in a request; keys that it does not have keep their values."""
    found: dict[str, Any] = {}
    if MINUTES in parameters:
        found["MonitoringTimeInMinutes"] = int(_text(parameters, MINUTES) or 0)
    if any(name.startswith(TRIGGERS) for name in parameters):
        found["RollbackTriggers"] = []
        number = 1
        while arn := _text(parameters, f"{TRIGGERS}.member.{number}.Arn"):
            kind = _text(parameters, f"{TRIGGERS}.member.{number}.Type")
            found["RollbackTriggers"].append({"Arn": arn, "Type": kind})
            number += 1
    return found


def merge(target: dict[str, Any], changes: Mapping[str, Any]) -> None:
    """Change the configuration of a stack or change set."""
    if changes:
        target[KEY] = {**(target.get(KEY) or {}), **changes}


def shown(configuration: Mapping[str, Any]) -> str:
    """Return a configuration as XML, empty without one."""
    if not configuration:
        return ""
    triggers = "".join(
        f"<member><Arn>{escape(trigger['Arn'])}</Arn><Type>{escape(trigger['Type'])}</Type></member>"
        for trigger in configuration.get("RollbackTriggers") or ()
    )
    minutes = configuration.get("MonitoringTimeInMinutes")
    time = (
        "" if minutes is None else f"<MonitoringTimeInMinutes>{minutes}</MonitoringTimeInMinutes>"
    )
    return f"<{KEY}><RollbackTriggers>{triggers}</RollbackTriggers>{time}</{KEY}>"


def _text(parameters: Mapping[str, Any], name: str) -> str:
    value = parameters.get(name, "")
    return str(value[0] if isinstance(value, list) else value)
