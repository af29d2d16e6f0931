"""Evaluate CloudWatch alarms periodically, each on its own metric.

The emulator evaluates alarms only when a metric is put, and over all values of the metric's name
regardless of dimensions, so that the depth of one queue would fire the alarm of another. Here, a
metric is identified by name, namespace and one set of dimensions.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

from ministack.services import cloudwatch

from embedded_aws.emulator.alarm_state import Condition, State
from embedded_aws.emulator.event_source.invoker import with_scope

logger = logging.getLogger("alarms")

EVALUATION_SECONDS = 5.0
# Metrics that are put in quick succession are evaluated together.
DEBOUNCE_SECONDS = 0.2


class AlarmEvaluator:
    """The thread that evaluates the alarms of all accounts and regions."""

    def __init__(self) -> None:
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="alarms", daemon=True)

    def install(self) -> None:
        """Replace the emulator's evaluation: every few seconds, and soon after a metric is put."""
        cloudwatch._evaluate_all_alarms = self._wake.set
        cloudwatch._evaluate_alarm = lambda _alarm: self._wake.set()
        self._thread.start()

    def stop(self) -> None:
        """Stop changing states."""
        self._stop.set()
        self._wake.set()
        self._thread.join(timeout=5)

    def _run(self) -> None:
        while not self._stop.wait(DEBOUNCE_SECONDS):
            self._wake.wait(EVALUATION_SECONDS)
            self._wake.clear()
            for account, region in {key[:2] for key in list(cloudwatch._alarms._data)}:
                with_scope(account, region)
                for alarm in cloudwatch._alarms.values():
                    try:
                        evaluate(alarm, time.time())
                    except Exception:
                        logger.exception("alarm %s", alarm["AlarmName"])


def evaluate(alarm: dict[str, Any], now: float) -> None:
    """Set an alarm of the current account and region to the state that its metric requires.

    An alarm whose metric has never had a value keeps its state, however it treats missing data:
    most metrics of AWS services are not published here.
    """
    points = _points(alarm)
    if not points:
        return
    condition = Condition.of(alarm)
    values = datapoints(points, alarm, condition.span, now)
    state = condition.evaluate(values)
    if state is not None and state != alarm["StateValue"]:
        _change(alarm, state, values, now)


def datapoints(
    points: list[dict[str, Any]], alarm: dict[str, Any], span: int, now: float
) -> list[float | None]:
    """Return the alarm's statistic for each of the last `span` periods, newest last.

    The last period ends now. None is a period without data.
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
    values_text = ", ".join("no data" if value is None else f"{value:g}" for value in values)
    reason = f"The last values were {values_text}; the threshold is {float(alarm['Threshold']):g}"
    before = alarm["StateValue"]
    alarm.update(StateValue=state, StateReason=reason, StateUpdatedTimestamp=int(now))
    cloudwatch._record_history(alarm["AlarmName"], before, state, reason)
    cloudwatch._dispatch_alarm_actions(alarm, before, state, reason)
    cloudwatch._evaluate_parent_alarms(alarm)
