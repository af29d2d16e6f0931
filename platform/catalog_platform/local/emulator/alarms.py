"""`AWS::CloudWatch::Alarm` with metric math: recorded, and never evaluated.

The emulator refuses such alarms. Here they exist and stay in INSUFFICIENT_DATA.
"""

from __future__ import annotations

from typing import Any

from ministack.services.cloudformation import provisioners

from catalog_platform.local.emulator.handlers import Properties

# Stands where the metric of a plain alarm does; no metric has this namespace.
NAMESPACE = "Expression"


def install() -> None:
    """Wrap the function that turns a template's properties into the alarm's record."""
    stock = provisioners._cw_metric_alarm_record

    def record(name: str, props: Properties) -> dict[str, Any]:
        metrics = props.get("Metrics")
        if not metrics:
            return stock(name, props)  # type: ignore[no-any-return]
        plain = {key: value for key, value in props.items() if key != "Metrics"}
        shown: Properties = next(
            (m for m in metrics if str(m.get("ReturnData", True)).lower() == "true"), {}
        )
        label = shown.get("Label") or shown.get("Id", "expression")
        found: dict[str, Any] = stock(name, {**plain, "MetricName": label, "Namespace": NAMESPACE})
        return {**found, "Metrics": metrics}

    provisioners._cw_metric_alarm_record = record
