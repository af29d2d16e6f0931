"""CloudWatch alarms are evaluated as time goes by, each over the one metric that it names.

The emulator evaluates alarms only when somebody puts a metric, and then over all values of the
metric's name, whatever their dimensions: one queue's depth would ring the alarm of another. A
metric is a name, a namespace and one set of dimensions.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

from ministack.services import cloudwatch

from catalog_platform.local.emulator.alarm_state import Condition, State
from catalog_platform.local.emulator.event_source.invoker import with_scope

logger = logging.getLogger("alarms")

EVERY_SECONDS = 5.0
# Many metrics put at once are looked at together.
REST_SECONDS = 0.2


class Watch:
    """The thread that evaluates all alarms of all accounts and regions."""

    def __init__(self) -> None:
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="alarms", daemon=True)

    def install(self) -> None:
        """Evaluate instead of the emulator: every few seconds, and soon after a metric is put."""
        cloudwatch._evaluate_all_alarms = self._wake.set
        cloudwatch._evaluate_alarm = lambda _alarm: self._wake.set()
        self._thread.start()

    def stop(self) -> None:
        """Change no state any more."""
        self._stop.set()
        self._wake.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stop.wait(REST_SECONDS):
            self._wake.wait(EVERY_SECONDS)
            self._wake.clear()
            for account, region in {key[:2] for key in list(cloudwatch._alarms._data)}:
                with_scope(account, region)
                for alarm in cloudwatch._alarms.values():
                    try:
                        evaluate(alarm, time.time())
                    except Exception:
                        logger.exception("alarm %s", alarm["AlarmName"])


def evaluate(alarm: dict[str, Any], now: float) -> None:
    """Bring an alarm of this thread's account and region to the state its metric asks for.

    One whose metric has never had a value stays as it is, whatever it makes of missing data: most
    of the metrics that AWS's services publish are not published here.
    """
    points = _points(alarm)
    if not points:
        return
    condition = Condition.of(alarm)
    values = datapoints(points, alarm, condition.span, now)
    state = condition.decide(values)
    if state is not None and state != alarm["StateValue"]:
        _change(alarm, state, values, now)


def datapoints(
    points: list[dict[str, Any]], alarm: dict[str, Any], span: int, now: float
) -> list[float | None]:
    """The alarm's statistic over each of the last `span` periods, the newest last.

    Periods end now. None stands for one without data.
    """
    period = int(alarm.get("Period") or 60)
    statistic = alarm.get("ExtendedStatistic") or alarm.get("Statistic") or "Average"
    periods: list[list[dict[str, Any]]] = [[] for _ in range(span)]
    for point in points:
        age = int((now - point["Timestamp"]) // period)
        if 0 <= age < span:
            periods[-1 - age].append(point)
    return [_value(found, statistic) for found in periods]


def _points(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    dimensions = {entry["Name"]: entry["Value"] for entry in alarm.get("Dimensions") or ()}
    metric = (alarm["Namespace"], alarm["MetricName"], cloudwatch._dims_key(dimensions))
    unit = alarm.get("Unit")
    found = list(cloudwatch._metrics.get(metric) or ())
    return [point for point in found if not unit or point["Unit"] == unit]


def _value(points: list[dict[str, Any]], statistic: str) -> float | None:
    if not points:
        return None
    found = cloudwatch._stat_value(cloudwatch._calc_stats(points), statistic, points)
    return None if found is None else float(found)


def _change(alarm: dict[str, Any], state: State, values: list[float | None], now: float) -> None:
    shown = ", ".join("no data" if value is None else f"{value:g}" for value in values)
    reason = f"The last values were {shown}; the threshold is {float(alarm['Threshold']):g}"
    before = alarm["StateValue"]
    alarm.update(StateValue=state, StateReason=reason, StateUpdatedTimestamp=int(now))
    cloudwatch._record_history(alarm["AlarmName"], before, state, reason)
    cloudwatch._dispatch_alarm_actions(alarm, before, state, reason)
    cloudwatch._evaluate_parent_alarms(alarm)
