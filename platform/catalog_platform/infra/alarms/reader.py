"""The alarm on queries that the reader fails to answer."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from catalog_platform.infra.alarms import missing_data
from catalog_platform.infra.alarms.factory import AlarmFactory
from catalog_platform.infra.reader import Reader

PERIOD = Duration.minutes(5)


def add_alarm(factory: AlarmFactory, reader: Reader | None) -> None:
    """Create the alarm, if there is a reader.

    A query over the URL that no store can answer gets a response with status 503, which is no error
    of the function. A crash counts in both metrics.
    https://docs.aws.amazon.com/lambda/latest/dg/urls-monitoring.html
    """
    if reader is None:
        return
    function = reader.function
    using: dict[str, cloudwatch.IMetric] = {
        "errors": function.metric_errors(period=PERIOD, statistic="Sum"),
        "invocations": function.metric_invocations(period=PERIOD, statistic="Sum"),
    }
    failed = "errors"
    if reader.url is not None:
        using["responses"] = function.metric("Url5xxCount", period=PERIOD, statistic="Sum")
        failed = "MAX([FILL(errors, 0), FILL(responses, 0)])"
    factory.add_alarm(
        "ReaderErrors",
        "reader_errors",
        cloudwatch.MathExpression(
            expression=f"100 * {failed} / invocations",
            label="Failing queries, percent",
            period=PERIOD,
            using_metrics=using,
        ),
        summary="Fires when the reader fails to answer queries: neither the cache nor the database "
        "has an answer, or the function crashes",
        periods=1,
        missing_data=missing_data.not_breaching("a reader without queries reports nothing"),
    )
