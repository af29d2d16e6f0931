"""CloudWatch alarms, dashboards and logs, and CloudTrail.

An alarm is billed by its metrics: one with an expression counts each metric that it reads.
https://aws.amazon.com/cloudwatch/pricing/ and https://aws.amazon.com/cloudtrail/pricing/
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from catalog_platform.aws.refused_updates.values import number
from catalog_platform.plan.cost.dimension import Billing, Dimension, Unknown, Usage, monthly
from catalog_platform.plan.cost.resource import Resource, UnstatedError

# An alarm that is evaluated more often than once a minute is a high-resolution alarm.
MINUTE = 60


def alarm(resource: Resource) -> Iterator[Dimension]:
    """Yield what an alarm costs."""
    queries = resource.mappings("Metrics")
    if not queries:
        count, shortest = 1, resource.number("Period", MINUTE)
    else:
        periods = [_period(each["MetricStat"]) for each in queries if "MetricStat" in each]
        count, shortest = len(periods), min(periods, default=MINUTE)
        if any("SELECT" in str(each.get("Expression")) for each in queries):
            yield Unknown(what="an alarm on a query is billed by the metrics that it analyses")
    kind = "alarm_standard" if shortest >= MINUTE else "alarm_high_res"
    if count:
        yield monthly(f"cloudwatch.{kind}", count, f"alarm on metrics: {count}")


def _period(statistic: Any) -> int:
    period = number(statistic.get("Period")) if isinstance(statistic, Mapping) else None
    if period is None:
        raise UnstatedError("the period of a metric is no literal number")
    return period


def composite_alarm(_resource: Resource) -> Iterator[Dimension]:
    """Yield what a composite alarm costs."""
    yield monthly("cloudwatch.alarm_composite", 1, "composite alarm")


def dashboard(_resource: Resource) -> Iterator[Dimension]:
    """Yield what a dashboard costs; the three that an account has without charge aren't counted."""
    yield monthly("cloudwatch.dashboard", 1, "dashboard")


def log_group(resource: Resource) -> Iterator[Dimension]:
    """Yield the ingestion and the storage of log events."""
    rare = resource.text("LogGroupClass", "STANDARD") == "INFREQUENT_ACCESS"
    yield Usage(price=f"cloudwatch.logs_ingest{'_ia' * rare}", what="log events")
    yield Usage(price="cloudwatch.logs_storage", what="stored log events, compressed")


def metric_filter(_resource: Resource) -> Iterator[Dimension]:
    """Yield the metric of a filter, which is billed in hours with a value."""
    yield Usage(price="cloudwatch.custom_metric", what="metric, in hours with a value")


def trail(resource: Resource) -> Iterator[Dimension]:
    """Yield the events of a trail; an account's first copy of management events is free."""
    selectors = resource.mappings("EventSelectors") or [{"IncludeManagementEvents": True}]
    if any(each.get("IncludeManagementEvents", True) for each in selectors):
        what = "management events, if another trail of the account records them too"
        yield Usage(price="cloudtrail.mgmt_events_extra", what=what)
    if any(each.get("DataResources") for each in selectors):
        yield Usage(price="cloudtrail.data_events", what="data events")
    if resource.value("InsightSelectors"):
        yield Usage(price="cloudtrail.insights", what="events analysed for Insights")


BILLED: Mapping[str, Billing] = {
    "AWS::CloudTrail::Trail": trail,
    "AWS::CloudWatch::Alarm": alarm,
    "AWS::CloudWatch::CompositeAlarm": composite_alarm,
    "AWS::CloudWatch::Dashboard": dashboard,
    "AWS::Logs::LogGroup": log_group,
    "AWS::Logs::MetricFilter": metric_filter,
}
FREE: Mapping[str, str] = {}
