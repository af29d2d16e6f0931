"""Alarms on all nodes of the cache."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from catalog_platform.infra.alarms import missing_data
from catalog_platform.infra.alarms.factory import AlarmFactory
from catalog_platform.infra.cache import Cache

PERIOD = Duration.minutes(5)
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create-alarm-on-metric-math-expression.html
METRICS_PER_ALARM = 10
ALWAYS_REPORTED = missing_data.breaching("a running node reports every minute")


def add_alarms(factory: AlarmFactory, cache: Cache) -> None:
    """Create the alarms on the cache's nodes.

    An alarm combines at most ten nodes, so a large cache gets several alarms of each kind. All
    nodes of a shard belong to the same alarm. A failover moves the primary to another node, but
    one of the shard's nodes always reports a replication lag.
    https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.Redis.html
    """
    nodes, nodes_per_shard = cache.nodes, int(cache.group.replicas_per_node_group or 0) + 1
    step = METRICS_PER_ALARM // nodes_per_shard * nodes_per_shard
    for start in range(0, len(nodes), step):
        watched, id_ = nodes[start : start + step], f"Cache{start // step + 1}"
        _add_node_alarms(factory, id_, watched)
        if nodes_per_shard > 1:
            factory.add_alarm(
                f"{id_}ReplicationLag",
                "cache_replication_lag",
                _over(watched, "ReplicationLag", "Average", "MAX"),
                summary="Fires when a cache replica lags behind its primary. Clients that read "
                "from the replica see old stock. A failover loses the updates that the replica "
                "lacks until each article changes again",
                periods=2,
                missing_data=missing_data.breaching(
                    "if no replica reports, none can take over in a failover"
                ),
            )


def _add_node_alarms(factory: AlarmFactory, id_: str, nodes: tuple[str, ...]) -> None:
    factory.add_alarm(
        f"{id_}Cpu",
        "cache_cpu",
        _over(nodes, "EngineCPUUtilization", "Average", "MAX"),
        summary="Fires when the engine of a cache node has high CPU utilization. Reads and writes "
        "slow down",
        periods=2,
        missing_data=ALWAYS_REPORTED,
    )
    factory.add_alarm(
        f"{id_}Memory",
        "cache_memory",
        _over(nodes, "DatabaseMemoryUsagePercentage", "Average", "MAX"),
        summary="Fires when a cache node is low on memory. A full node evicts the least recently "
        "used entries",
        periods=2,
        missing_data=ALWAYS_REPORTED,
    )
    factory.add_alarm(
        f"{id_}Evictions",
        "cache_evictions",
        _over(nodes, "Evictions", "Sum", "SUM"),
        summary="Fires when the cache evicts entries because its memory is full. Readers fall back "
        "on the database",
        periods=2,
        missing_data=missing_data.not_breaching("cache_cpu reports nodes that are down"),
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
