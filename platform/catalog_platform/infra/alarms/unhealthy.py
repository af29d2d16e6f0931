"""One alarm over all critical ones: is the catalog in order, yes or no?"""

from __future__ import annotations

from aws_cdk import aws_cloudwatch as cloudwatch

from catalog_platform import model
from catalog_platform.errors import PlatformError
from catalog_platform.infra.alarms.factory import AlarmFactory

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
CHILDREN = 100


def watch(factory: AlarmFactory, spec: model.Alarms) -> cloudwatch.CfnCompositeAlarm | None:
    """Hang up the composite alarm; None when it is off, or there is no critical alarm.

    The alarms below it ring as well: it is for those who want one yes or no, such as a pager that
    opens one incident, a status page, or a deployment that waits. Raises `PlatformError` when
    there are more critical alarms than one can combine.
    """
    severity = spec.severity_of(spec.catalog_unhealthy)
    critical = [active.alarm for active in factory.active_alarms if active.severity == "critical"]
    if severity is None or not critical:
        return None
    if len(critical) > CHILDREN:
        raise PlatformError(
            f"{len(critical)} alarms are critical; a composite alarm combines {CHILDREN}",
            hint="make some of those on the cache's nodes warnings, or switch off "
            "alarms.catalog_unhealthy",
        )
    topic = factory.topics[severity].topic_arn
    text = "The catalog is not in order: at least one critical alarm rings."
    return cloudwatch.CfnCompositeAlarm(
        factory,
        "CatalogUnhealthy",
        alarm_description=factory.describe("catalog_unhealthy", severity, text),
        alarm_rule=" OR ".join(f'ALARM("{alarm.alarm_name}")' for alarm in critical),
        alarm_actions=[topic],
        ok_actions=[topic],
    )
