"""The alarm on failed password rotations."""

from __future__ import annotations

from aws_cdk import Duration

from catalog_platform.infra.alarms import missing_data
from catalog_platform.infra.alarms.factory import AlarmFactory
from catalog_platform.infra.rotation import Rotation


def add_alarm(factory: AlarmFactory, rotation: Rotation | None) -> None:
    """Create the alarm, if passwords are rotated.

    Every failed step raises in the function. CloudTrail's `RotationFailed` event would need a trail
    of management events, which an environment may not have.
    https://docs.aws.amazon.com/secretsmanager/latest/userguide/cloudtrail_log_entries.html
    """
    if rotation is None:
        return
    factory.add_alarm(
        "RotationFailures",
        "rotation_failures",
        rotation.function.metric_errors(period=Duration.hours(1), statistic="Sum"),
        summary="Fires when a step of a password rotation fails. Secrets Manager tries again; "
        "until then a password may be half changed",
        periods=1,
        missing_data=missing_data.not_breaching("the function runs only during a rotation"),
    )
