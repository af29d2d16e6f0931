"""Refusals that the rules of RDS share.

https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/CommonErrors.html
"""

from __future__ import annotations

from typing import Any

from ministack.services import rds

from embedded_aws.emulator.request_validation.errors import Refusal

ENGINE = "postgres"


def invalid(message: str) -> Refusal:
    """Return the refusal of a combination of parameters."""
    return Refusal("InvalidParameterCombination", message)


def instance(identifier: str) -> Any:
    """Return the record of a DB instance by its name or ARN, or None."""
    return rds._instances.get(identifier.rpartition(":")[2].lower())


def instance_exists(identifier: str) -> Refusal | None:
    """Return a refusal if an instance has the identifier."""
    if instance(identifier) is None:
        return None
    return Refusal("DBInstanceAlreadyExists", "DB instance already exists")


def instance_not_found(identifier: str) -> Refusal:
    """Return the refusal of an instance that does not exist."""
    return Refusal("DBInstanceNotFound", f"DBInstance {identifier} not found.", 404)
