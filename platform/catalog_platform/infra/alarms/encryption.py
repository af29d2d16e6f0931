"""The alarm on the key.

KMS counts successful calls per key, throttled ones against quotas, and days until imported key
material expires; it has no metric for calls that fail. CloudTrail records those, so they are
counted there, some minutes late.

https://docs.aws.amazon.com/kms/latest/developerguide/monitoring-cloudwatch.html
https://docs.aws.amazon.com/kms/latest/developerguide/ct-decrypt.html
"""

from __future__ import annotations

from aws_cdk import Duration, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs

from catalog_platform.errors import PlatformError
from catalog_platform.infra.alarms import missing_data
from catalog_platform.infra.alarms.factory import AlarmFactory

NAME = "key_errors"


def watch(factory: AlarmFactory, key: kms.IKey, trail: logs.ILogGroup | None) -> None:
    """Count failed uses of `key` in the log of the trail, and hang up the alarm.

    Raises `PlatformError` when there is no trail to count in.
    """
    if factory.is_off(NAME):
        return
    if trail is None:
        raise PlatformError(
            f"alarms.{NAME} is counted in the audit trail, and audit.trail is false",
            hint=f'set audit.trail to true, or alarms.{NAME}.severity to "off"',
        )
    counted = logs.MetricFilter(
        factory,
        "KeyErrorsFilter",
        log_group=trail,
        filter_pattern=logs.FilterPattern.literal(_failed_uses_of(key)),
        # The dimensions of a filter come out of the log; an account may hold several catalogs.
        metric_namespace=f"ProductCatalog/{Stack.of(factory).stack_name}",
        metric_name="KeyErrors",
        metric_value="1",
        default_value=0,
    )
    factory.add_alarm(
        "KeyErrors",
        NAME,
        counted.metric(period=Duration.minutes(5), statistic="Sum"),
        means="The encryption key cannot be used: reading and writing fail wherever data is "
        "encrypted with it, which is everywhere",
        periods=1,
        missing_data=missing_data.not_breaching(
            "the trail delivers now and then, not every minute"
        ),
    )


def _failed_uses_of(key: kms.IKey) -> str:
    """Errors that name the key, wherever they name it, and throttling, which names none.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
    """
    named = ("errorMessage", "requestParameters.keyId", "resources[0].ARN")
    ours = [f'($.{place} = "*{key.key_id}*")' for place in named]
    ours.append('($.errorCode = "Throttling*")')
    failed = '($.eventSource = "kms.amazonaws.com") && ($.errorCode = "*")'
    return f"{{ {failed} && ({' || '.join(ours)}) }}"
