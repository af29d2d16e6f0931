"""Alarms on the cache, over all of its nodes."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from catalog_platform.infra.alarms import missing_data
from catalog_platform.infra.alarms.factory import AlarmFactory
from catalog_platform.infra.cache import Cache

PERIOD = Duration.minutes(5)
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create-alarm-on-metric-math-expression.html
METRICS_PER_ALARM = 10
RUNS = missing_data.breaching("a node that runs reports every minute")


def watch(factory: AlarmFactory, cache: Cache) -> None:
    """Hang up the alarms; one of them takes ten nodes, so a large cache gets several of each.

    A shard is never split: it always has a replica that reports its lag, whichever node that is
    after a failover. https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.Redis.html
    """
    nodes, members = cache.nodes, int(cache.group.replicas_per_node_group or 0) + 1
    step = METRICS_PER_ALARM // members * members
    for start in range(0, len(nodes), step):
        watched, id_ = nodes[start : start + step], f"Cache{start // step + 1}"
        _watch_nodes(factory, id_, watched)
        if members > 1:
            factory.add_alarm(
                f"{id_}ReplicationLag",
                "cache_replication_lag",
                _over(watched, "ReplicationLag", "Average", "MAX"),
                means="A replica of the cache is behind: its readers see old stock, and a failover "
                "would lose what it lacks until the next update",
                periods=2,
                missing_data=missing_data.breaching("no replica reports, so none could take over"),
            )


def _watch_nodes(factory: AlarmFactory, id_: str, nodes: tuple[str, ...]) -> None:
    factory.add_alarm(
        f"{id_}Cpu",
        "cache_cpu",
        _over(nodes, "EngineCPUUtilization", "Average", "MAX"),
        means="The engine of a cache node is busy: reads and writes slow down",
        periods=2,
        missing_data=RUNS,
    )
    factory.add_alarm(
        f"{id_}Memory",
        "cache_memory",
        _over(nodes, "DatabaseMemoryUsagePercentage", "Average", "MAX"),
        means="A cache node runs out of memory; it will then forget the stock that is read least",
        periods=2,
        missing_data=RUNS,
    )
    factory.add_alarm(
        f"{id_}Evictions",
        "cache_evictions",
        _over(nodes, "Evictions", "Sum", "SUM"),
        means="The cache forgets stock for want of memory: readers fall back on the database",
        periods=2,
        missing_data=missing_data.not_breaching("a node that is lost is told of by cache_cpu"),
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
