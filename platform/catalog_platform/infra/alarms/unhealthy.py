"""The composite alarm that combines all critical alarms."""

from __future__ import annotations

from aws_cdk import aws_cloudwatch as cloudwatch

from catalog_platform import model
from catalog_platform.errors import PlatformError
from catalog_platform.infra.alarms.factory import AlarmFactory

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutCompositeAlarm.html
MAXIMUM_CHILDREN = 100


def add_alarm(factory: AlarmFactory, spec: model.Alarms) -> cloudwatch.CfnCompositeAlarm | None:
    """Create the composite alarm; return None if it is off or there is no critical alarm.

    The combined alarms still send their own notifications. The composite alarm serves consumers
    that need a single state, such as a pager, a status page or a waiting deployment. Raises
    `PlatformError` if there are more critical alarms than a composite alarm can combine.
    """
    severity = spec.severity_of(spec.catalog_unhealthy)
    critical = [active.alarm for active in factory.active_alarms if active.severity == "critical"]
    if severity is None or not critical:
        return None
    if len(critical) > MAXIMUM_CHILDREN:
        raise PlatformError(
            f"alarms.catalog_unhealthy: {len(critical)} alarms are critical; a composite alarm "
            f"combines at most {MAXIMUM_CHILDREN}",
            hint='change the severity of some alarms.cache_* to "warning"',
        )
    topic = factory.topics[severity].topic_arn
    text = "Fires while at least one critical alarm is active."
    return cloudwatch.CfnCompositeAlarm(
        factory,
        "CatalogUnhealthy",
        alarm_description=factory.describe("catalog_unhealthy", severity, text),
        alarm_rule=" OR ".join(f'ALARM("{alarm.alarm_name}")' for alarm in critical),
        alarm_actions=[topic],
        ok_actions=[topic],
    )
