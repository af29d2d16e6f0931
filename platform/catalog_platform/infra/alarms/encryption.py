"""The alarm on failed uses of the KMS key, and on calls that make it unusable.

KMS has metrics for successful calls per key, for throttled calls, and for the days until imported
key material expires. It has none for failed calls. CloudTrail records failed calls, so a metric
filter counts them in its log, some minutes late. The log group and the topics of the alarms are
encrypted with another key, so that an unusable one is reported.

https://docs.aws.amazon.com/kms/latest/developerguide/monitoring-cloudwatch.html
https://docs.aws.amazon.com/kms/latest/developerguide/ct-decrypt.html
https://docs.aws.amazon.com/kms/latest/developerguide/ct-disablekey.html
"""

from __future__ import annotations

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs

from catalog_platform.errors import PlatformError
from catalog_platform.infra.alarms import missing_data
from catalog_platform.infra.alarms.factory import AlarmFactory

NAME = "key_errors"
PERIOD = Duration.minutes(5)
_OF_KMS = '($.eventSource = "kms.amazonaws.com")'
# Where events name the key.
_FIELDS = ("errorMessage", "requestParameters.keyId", "resources[0].ARN")


def add_alarm(factory: AlarmFactory, key: kms.IKey, trail: logs.ILogGroup | None) -> None:
    """Create the alarm and the metric filters that count failed uses of `key`.

    A call that disables `key` or schedules its deletion fires the alarm whatever its threshold is:
    few calls may fail until somebody needs the data. `trail` is the log group of a trail of
    management events. Raises `PlatformError` if the alarm is enabled and there is none.
    """
    if factory.is_off(NAME):
        return
    if trail is None:
        raise PlatformError(
            f"alarms.{NAME} needs a trail of management events, but audit.trail or "
            "audit.management_events is false",
            hint=f'set both to true, or alarms.{NAME}.severity to "off"',
        )
    metrics = {
        "failed": _count(factory, "KeyErrors", trail, _failed_uses_of(key)),
        "disabled": _count(factory, "KeyDisabled", trail, _calls_that_disable(key)),
    }
    factory.add_alarm(
        "KeyErrors",
        NAME,
        cloudwatch.MathExpression(
            expression=f"failed + {factory.threshold_of(NAME) + 1} * disabled",
            label="Failed uses of the KMS key",
            period=PERIOD,
            using_metrics=metrics,
        ),
        summary="Fires when calls to the KMS key fail, and when the key is disabled or scheduled "
        "for deletion. The key encrypts every data store, so reads and writes fail everywhere if "
        "it is unusable",
        periods=1,
        missing_data=missing_data.not_breaching("CloudTrail doesn't deliver events every minute"),
    )


def _count(
    factory: AlarmFactory, name: str, trail: logs.ILogGroup, pattern: str
) -> cloudwatch.Metric:
    """Create the metric filter that counts events, and return its metric.

    Both metrics have a value for every minute in which CloudTrail delivers events, so that their
    sum has one.
    """
    counted = logs.MetricFilter(
        factory,
        f"{name}Filter",
        log_group=trail,
        filter_pattern=logs.FilterPattern.literal(pattern),
        # A filter's dimensions come from log fields, so they can't name the stack. The namespace
        # keeps several catalogs in one account apart.
        metric_namespace=f"ProductCatalog/{Stack.of(factory).stack_name}",
        metric_name=name,
        metric_value="1",
        default_value=0,
    )
    return counted.metric(period=PERIOD, statistic="Sum")


def _failed_uses_of(key: kms.IKey) -> str:
    """Return the filter pattern for KMS errors that name the key, and for throttling errors.

    Throttling errors name no key.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
    """
    throttled = '($.errorCode = "Throttling*")'
    return f'{{ {_OF_KMS} && ($.errorCode = "*") && ({_names(key)} || {throttled}) }}'


def _calls_that_disable(key: kms.IKey) -> str:
    """Return the filter pattern for calls after which the key can't be used, also refused ones."""
    calls = '(($.eventName = "DisableKey") || ($.eventName = "ScheduleKeyDeletion"))'
    return f"{{ {_OF_KMS} && {calls} && ({_names(key)}) }}"


def _names(key: kms.IKey) -> str:
    return " || ".join(f'($.{field} = "*{key.key_id}*")' for field in _FIELDS)
