"""What it means when a metric reports nothing: decided for each alarm, and told in its text.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_cloudwatch as cloudwatch


@dataclass(frozen=True)
class MissingData:
    """How CloudWatch takes missing data, and the sentence that tells a person why."""

    treatment: cloudwatch.TreatMissingData
    sentence: str


def not_breaching(because: str) -> MissingData:
    """The metric is only there when something happens: no data, no trouble."""
    return MissingData(
        cloudwatch.TreatMissingData.NOT_BREACHING, f"No data is in order: {because}."
    )


def breaching(because: str) -> MissingData:
    """The metric is always there: no data, and nobody can say that all is well."""
    return MissingData(
        cloudwatch.TreatMissingData.BREACHING, f"No data is an alarm too: {because}."
    )
