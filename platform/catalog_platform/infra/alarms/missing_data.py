"""How alarms treat missing data. Every alarm's description explains its treatment.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
"""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import aws_cloudwatch as cloudwatch


@dataclass(frozen=True)
class MissingData:
    """CloudWatch's treatment of missing data, and the sentence that explains it."""

    treatment: cloudwatch.TreatMissingData
    sentence: str


def not_breaching(because: str) -> MissingData:
    """Return the treatment for a metric that is reported only when something happens."""
    return MissingData(
        cloudwatch.TreatMissingData.NOT_BREACHING,
        f"Missing data doesn't fire this alarm: {because}.",
    )


def breaching(because: str) -> MissingData:
    """Return the treatment for a metric that a healthy resource always reports."""
    return MissingData(
        cloudwatch.TreatMissingData.BREACHING, f"Missing data also fires this alarm: {because}."
    )
