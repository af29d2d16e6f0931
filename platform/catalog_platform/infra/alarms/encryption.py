"""The alarm on failed uses of the KMS key.

KMS has metrics for successful calls per key, for throttled calls, and for the days until imported
key material expires. It has none for failed calls. CloudTrail records failed calls, so a metric
filter counts them in its log, some minutes late.

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


def add_alarm(factory: AlarmFactory, key: kms.IKey, trail: logs.ILogGroup | None) -> None:
    """Create the alarm and the metric filter that counts failed uses of `key`.

    `trail` is the log group of a trail of management events. Raises `PlatformError` if the alarm
    is enabled and there is none.
    """
    if factory.is_off(NAME):
        return
    if trail is None:
        raise PlatformError(
            f"alarms.{NAME} needs a trail of management events, but audit.trail or "
            "audit.management_events is false",
            hint=f'set both to true, or alarms.{NAME}.severity to "off"',
        )
    counted = logs.MetricFilter(
        factory,
        "KeyErrorsFilter",
        log_group=trail,
        filter_pattern=logs.FilterPattern.literal(_failed_uses_of(key)),
        # A filter's dimensions come from log fields, so they can't name the stack. The namespace
        # keeps several catalogs in one account apart.
        metric_namespace=f"ProductCatalog/{Stack.of(factory).stack_name}",
        metric_name="KeyErrors",
        metric_value="1",
        default_value=0,
    )
    factory.add_alarm(
        "KeyErrors",
        NAME,
        counted.metric(period=Duration.minutes(5), statistic="Sum"),
        summary="Fires when calls to the KMS key fail. The key encrypts every data store, so reads "
        "and writes fail everywhere if it is unusable",
        periods=1,
        missing_data=missing_data.not_breaching("CloudTrail doesn't deliver events every minute"),
    )


def _failed_uses_of(key: kms.IKey) -> str:
    """Return the filter pattern for KMS errors that name the key, and for throttling errors.

    Throttling errors name no key.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
    """
    fields = ("errorMessage", "requestParameters.keyId", "resources[0].ARN")
    conditions = [f'($.{field} = "*{key.key_id}*")' for field in fields]
    conditions.append('($.errorCode = "Throttling*")')
    failed = '($.eventSource = "kms.amazonaws.com") && ($.errorCode = "*")'
    return f"{{ {failed} && ({' || '.join(conditions)}) }}"
