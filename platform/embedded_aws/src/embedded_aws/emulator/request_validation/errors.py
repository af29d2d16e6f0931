"""Error codes of refused requests, by service."""

from __future__ import annotations

from dataclasses import dataclass


class MalformedError(Exception):
    """A request that cannot be read: broken JSON, or a value of the wrong type."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """An error of AWS: its code, message and HTTP status."""

    code: str
    message: str
    status: int = 400


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of a service for a violated constraint, a missing parameter, a wrong type."""

    constraint: str
    missing: str
    malformed: str


# JSON services: https://docs.aws.amazon.com/kinesis/latest/APIReference/CommonErrors.html
_JSON = Codes("ValidationException", "ValidationException", "SerializationException")
# https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/CommonErrors.html
_QUERY = Codes("ValidationError", "ValidationError", "MalformedInput")
_CODES = {
    # https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupVault.html
    "backup": Codes(
        "InvalidParameterValueException", "MissingParameterValueException", "SerializationException"
    ),
    "cloudformation": Codes("ValidationError", "ValidationError", "ValidationError"),
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
    "ec2": Codes("InvalidParameterValue", "MissingParameter", "InvalidParameterValue"),
    # https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html
    "ecr": Codes(
        "InvalidParameterException", "InvalidParameterException", "SerializationException"
    ),
    # https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/CommonErrors.html
    "elasticache": Codes("InvalidParameterValue", "MissingParameter", "MalformedInput"),
    # https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html
    "iam": _QUERY,
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html
    "logs": Codes(
        "InvalidParameterException", "InvalidParameterException", "SerializationException"
    ),
    "monitoring": _QUERY,
    # https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/CommonErrors.html
    "rds": Codes("InvalidParameterValue", "MissingParameter", "MalformedInput"),
    # https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html
    "s3": Codes("InvalidArgument", "MalformedXML", "MalformedXML"),
    "sns": _QUERY,
    # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/CommonErrors.html
    "sqs": Codes("InvalidParameterValue", "MissingParameter", "SerializationException"),
    "sts": _QUERY,
}


def codes(service: str) -> Codes:
    """Return the codes of a service."""
    return _CODES.get(service, _JSON)
