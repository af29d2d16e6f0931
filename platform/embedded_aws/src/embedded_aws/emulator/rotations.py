"""`AWS::SecretsManager::RotationSchedule`: recorded with the Secrets Manager API.

The emulator marks the secret as rotating and stores the schedule; it never calls the function.
"""

from __future__ import annotations

from typing import Any

from embedded_aws.emulator.handlers import Created, Properties, register, stack_client


def install() -> None:
    """Register the type."""
    register("AWS::SecretsManager::RotationSchedule", _create, _delete, update=_update)


def _create(_logical: str, properties: Properties, _stack: str) -> Created:
    return _schedule(properties)


def _update(_physical: str, _old: Properties, new: Properties) -> Created:
    return _schedule(new)


def _schedule(properties: Properties) -> Created:
    given = properties.get("RotationRules") or {}
    rules: dict[str, Any] = {
        name: int(value) if name == "AutomaticallyAfterDays" else value
        for name, value in given.items()
    }
    if "RotationLambdaARN" not in properties:
        raise ValueError("the embedded AWS does not support hosted rotation: set RotationLambdaARN")
    rotated = stack_client("secretsmanager").rotate_secret(
        SecretId=properties["SecretId"],
        RotationLambdaARN=properties["RotationLambdaARN"],
        RotationRules=rules,
    )
    return rotated["ARN"], {"Id": rotated["ARN"]}


def _delete(_physical: str, _properties: Properties) -> None:
    """Do nothing: the emulator cannot cancel a rotation, and never starts one."""
