"""Alarms on the cache, over all of its nodes."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from catalog_platform import model
from catalog_platform.infra.alarms.bell import ABOVE, Bell
from catalog_platform.infra.cache import Cache

PERIOD = Duration.minutes(5)
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create-alarm-on-metric-math-expression.html
METRICS_PER_ALARM = 10


def watch(bell: Bell, spec: model.Alarms, cache: Cache) -> None:
    """Hang up the alarms; an alarm takes ten nodes, so a large cache gets several of each."""
    nodes = cache.nodes
    for start in range(0, len(nodes), METRICS_PER_ALARM):
        number = start // METRICS_PER_ALARM + 1
        _watch_nodes(bell, spec, f"Cache{number}", nodes[start : start + METRICS_PER_ALARM])


def _watch_nodes(bell: Bell, spec: model.Alarms, name: str, nodes: tuple[str, ...]) -> None:
    for subject, metric, statistic, over_nodes, threshold, missing, description in (
        (
            "Cpu",
            "EngineCPUUtilization",
            "Average",
            "MAX",
            spec.cache_cpu_percent,
            cloudwatch.TreatMissingData.BREACHING,
            "The cache's engine is busy",
        ),
        (
            "Memory",
            "DatabaseMemoryUsagePercentage",
            "Average",
            "MAX",
            spec.cache_memory_percent,
            cloudwatch.TreatMissingData.BREACHING,
            "The cache runs out of memory",
        ),
        (
            "Evictions",
            "Evictions",
            "Sum",
            "SUM",
            spec.cache_evictions,
            cloudwatch.TreatMissingData.NOT_BREACHING,
            "The cache forgets stock: readers fall back on the database",
        ),
    ):
        bell.ring_when(
            f"{name}{subject}",
            _over(nodes, metric, statistic, over_nodes),
            ABOVE,
            threshold,
            description=description,
            periods=2,
            missing=missing,
        )


def _over(
    nodes: tuple[str, ...], metric: str, statistic: str, function: str
) -> cloudwatch.MathExpression:
    using: dict[str, cloudwatch.IMetric] = {
        f"node{number}": cloudwatch.Metric(
            namespace="AWS/ElastiCache",
            metric_name=metric,
            dimensions_map={"CacheClusterId": node},
            period=PERIOD,
            statistic=statistic,
        )
        for number, node in enumerate(nodes, start=1)
    }
    return cloudwatch.MathExpression(
        expression=f"{function}([{', '.join(using)}])",
        label=metric,
        period=PERIOD,
        using_metrics=using,
    )
