"""Policy: dashboards and alarms use metrics that exist."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from checkov.common.models.enums import CheckCategories

from catalog_platform.policy.assembly import Resource
from catalog_platform.policy.template_check import Resources, TemplateCheck, created
from catalog_platform.policy.template_values import at, items

DASHBOARD = "AWS::CloudWatch::Dashboard"
BODY = "Properties/DashboardBody"
NAMESPACE = "ProductCatalog"
# Each metric that the functions emit. A test compares this list with their source.
EMITTED = {
    *("RecordsReceived", "EventsReceived", "EventsMalformed", "RowsChanged"),
    *("BatchFailures", "CacheFailures", "CacheRepairs"),
    *("ReaderRequests", "ReaderHits", "ReaderMisses", "ReaderStale", "ReaderUnknownHits"),
    *("ReaderCacheFailures", "ReaderReplicaFailures", "ReaderReplicaPages", "ReaderWaits"),
}


class DashboardDrawsEmittedMetrics(TemplateCheck):
    """Fail for a metric of our own that neither a function nor a metric filter emits."""

    def __init__(self) -> None:
        super().__init__(
            name="Dashboards and alarms use only metrics that the stack emits",
            id="CKV_CATALOG_54",
            categories=(CheckCategories.LOGGING,),
            supported_resources=(DASHBOARD, "AWS::CloudWatch::Alarm"),
            guideline="Correct the name of the metric, or emit it: a graph without data looks as "
            "if nothing happens, and its alarm never fires.",
        )

    def violations(self, resource: Resource, resources: Resources) -> Iterator[str]:
        """Check the metrics in the namespace of the functions, and those of other custom ones."""
        filtered = {
            (at(change, "MetricNamespace"), at(change, "MetricName"))
            for each in created(resources, "AWS::Logs::MetricFilter")
            for change in items(each.properties.get("MetricTransformations"))
        }
        if resource.type == DASHBOARD:
            try:
                metrics = [*_drawn(_text(resource.properties.get("DashboardBody")))]
            except ValueError:
                # The body isn't JSON: CloudWatch refuses it.
                metrics = [("", "", BODY)]
        else:
            metrics = [*_watched(resource.properties)]
        for namespace, name, path in metrics:
            emitted = namespace == NAMESPACE and name in EMITTED
            if not emitted and (namespace, name) not in filtered and not _is_of_aws(namespace):
                yield path


def _is_of_aws(namespace: object) -> bool:
    return isinstance(namespace, str) and namespace.startswith("AWS/")


def _text(body: Any) -> str:
    """Return the body with a number for each reference; a number is valid within a string too."""
    if isinstance(body, str):
        return body
    parts = at(body, "Fn::Join/1")
    if not isinstance(parts, list):
        raise ValueError(body)
    return "".join(part if isinstance(part, str) else "0" for part in parts)


def _drawn(text: str) -> Iterator[tuple[Any, Any, str]]:
    """Yield namespace, name and path of each metric in a dashboard's body.

    `.` repeats the namespace or name of the line before; an expression has none.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
    """
    for widget in items(at(json.loads(text), "widgets")):
        before: list[Any] = ["", ""]
        for line in items(at(widget, "properties/metrics")):
            if not isinstance(line, list) or len(line) < 2 or isinstance(line[0], dict):
                continue
            before = [old if new == "." else new for old, new in zip(before, line, strict=False)]
            yield before[0], before[1], f"{BODY}/{before[0]}/{before[1]}"


def _watched(alarm: Any) -> Iterator[tuple[Any, Any, str]]:
    if "MetricName" in alarm:
        yield alarm.get("Namespace"), alarm["MetricName"], "Properties/MetricName"
    for index, query in enumerate(items(alarm.get("Metrics"))):
        metric = at(query, "MetricStat/Metric")
        if metric is not None:
            path = f"Properties/Metrics/[{index}]/MetricStat/Metric"
            yield at(metric, "Namespace"), at(metric, "MetricName"), path


check = DashboardDrawsEmittedMetrics()
