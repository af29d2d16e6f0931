"""Roll an operation back when one of its alarms is in ALARM.

The monitoring time is real: minutes are minutes. With 0, alarms are watched during the operation.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-rollback-triggers.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_RollbackConfiguration.html
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from typing import Any

from ministack.services import cloudwatch

from embedded_aws.emulator.cloudformation.events import Stack

KEY = "RollbackConfiguration"
POLL_SECONDS = 0.5
STORES = {
    "AWS::CloudWatch::Alarm": "_alarms",
    "AWS::CloudWatch::CompositeAlarm": "_composite_alarms",
}


class Watch:
    """Watches the alarms of a stack's rollback configuration."""

    def __init__(self, stack: Stack) -> None:
        configuration = stack.get(KEY) or {}
        self._triggers: list[dict[str, str]] = list(configuration.get("RollbackTriggers") or ())
        self._minutes = int(configuration.get("MonitoringTimeInMinutes") or 0)
        self.breach = ""

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Watch in the background: an alarm that fires and recovers counts as well."""
        self.check()
        task = asyncio.create_task(self._poll()) if self._triggers else None
        try:
            yield
        finally:
            if task is not None:
                task.cancel()

    async def monitor(self, is_cancelled: Callable[[], bool]) -> None:
        """Wait for the monitoring time to pass, an alarm to fire, or the user to cancel."""
        end = time.monotonic() + self._minutes * 60
        while time.monotonic() < end and not self.breach and not is_cancelled():
            await asyncio.sleep(POLL_SECONDS)
        self.check()

    def check(self) -> None:
        """Set `breach` if an alarm is missing or in ALARM."""
        for trigger in self._triggers:
            if self.breach:
                return
            alarm = find(trigger)
            if alarm is None:
                self.breach = f"Rollback trigger {trigger['Arn']} does not exist"
            elif alarm.get("StateValue") == "ALARM":
                self.breach = f"Rollback trigger {trigger['Arn']} is in ALARM state"

    async def _poll(self) -> None:
        while not self.breach:
            await asyncio.sleep(POLL_SECONDS)
            self.check()


def find(trigger: dict[str, str]) -> dict[str, Any] | None:
    """Return the alarm of a trigger in the current account and region, or None."""
    store = getattr(cloudwatch, STORES.get(trigger.get("Type", ""), "_alarms"))
    name = trigger["Arn"].partition(":alarm:")[2]
    found: dict[str, Any] | None = store.get(name)
    return found
