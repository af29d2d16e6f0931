"""The alarm on the health of the database as the proxy sees it."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from catalog_platform.infra.alarms import missing_data
from catalog_platform.infra.alarms.factory import AlarmFactory
from catalog_platform.infra.proxy import Proxy


def add_alarm(factory: AlarmFactory, proxy: Proxy | None) -> None:
    """Create the alarm, if there is a proxy.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.monitoring.html
    """
    if proxy is None:
        return
    factory.add_alarm(
        "ProxyAvailability",
        "proxy_availability",
        availability(proxy),
        summary="Fires when the proxy's health checks of the database fail. The functions get no "
        "connections",
        periods=2,
        missing_data=missing_data.breaching("a proxy checks its database every minute"),
    )


def availability(proxy: Proxy) -> cloudwatch.Metric:
    """Return the share of successful health checks of the primary, in percent."""
    return cloudwatch.Metric(
        namespace="AWS/RDS",
        metric_name="AvailabilityPercentage",
        dimensions_map={
            "ProxyName": proxy.proxy.ref,
            "TargetGroup": "default",
            "TargetRole": "READ_WRITE",
        },
        period=Duration.minutes(5),
        statistic="Average",
    )
