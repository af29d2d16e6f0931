"""Rules that no service model contains, by service and operation.

API requests and template resources go through the same rules.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from embedded_aws.emulator.request_validation import (
    elasticache,
    kinesis,
    lambda_functions,
    mappings,
    rds_groups,
    rds_instances,
    rds_restores,
    s3_buckets,
    s3_documents,
    secrets,
    sqs,
    subnets,
)
from embedded_aws.emulator.request_validation.errors import Refusal

Parameters = Mapping[str, Any]
Rule = Callable[[Parameters], Refusal | None]

RULES: Mapping[str, Mapping[str, Rule]] = {
    "ec2": subnets.RULES,
    "elasticache": elasticache.RULES,
    "lambda": {
        "CreateEventSourceMapping": mappings.create,
        "UpdateEventSourceMapping": mappings.update,
        **lambda_functions.RULES,
    },
    "rds": {
        **rds_groups.RULES,
        **rds_instances.RULES,
        **rds_restores.RULES,
    },
    "s3": {**s3_documents.RULES, **s3_buckets.RULES},
    "secretsmanager": secrets.RULES,
}


def refusal(service: str, operation: str, parameters: Parameters, shape: Any) -> Refusal | None:
    """Return why AWS refuses a call, or None; `shape` is the operation's input."""
    if service == "sqs":
        return sqs.refusal(parameters)
    if service == "kinesis":
        return kinesis.refusal(operation, parameters, shape)
    rule = RULES.get(service, {}).get(operation)
    return rule(parameters) if rule else None


def expect(service: str, operation: str, parameters: Parameters, shape: Any = None) -> None:
    """Raise `ValueError` with CloudFormation's message if AWS refuses a call of a template."""
    raise_refusal(service, refusal(service, operation, parameters, shape))


def raise_refusal(service: str, found: Refusal | None) -> None:
    """Raise `ValueError` with CloudFormation's message for a refusal."""
    if found is not None:
        raise ValueError(
            f"{found.message} (Service: {service.capitalize()}, Status Code: {found.status},"
            f" Error Code: {found.code})"
        )
