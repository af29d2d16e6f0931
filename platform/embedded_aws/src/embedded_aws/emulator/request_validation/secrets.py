"""Rules of Secrets Manager that its service model does not contain.

https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ministack.services import lambda_svc, secretsmanager

from embedded_aws.emulator.request_validation.errors import Refusal

Parameters = Mapping[str, Any]

CURRENT, PENDING, PREVIOUS = "AWSCURRENT", "AWSPENDING", "AWSPREVIOUS"
MAXIMUM_STAGES = 20


def create(parameters: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_CreateSecret.html"""
    return _one_value(parameters)


def put(parameters: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html"""
    if "SecretString" not in parameters and "SecretBinary" not in parameters:
        return _parameter("You must provide either SecretString or SecretBinary.")
    return _one_value(parameters) or _conflict(parameters)


def rotate(parameters: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_RotateSecret.html"""
    _key, secret = secretsmanager._resolve(parameters["SecretId"])
    if secret is None or secret.get("DeletedDate"):
        # The emulator refuses it.
        return None
    arn = parameters.get("RotationLambdaARN") or secret.get("RotationLambdaARN")
    if not arn:
        return _request("No Lambda rotation function ARN is associated with this secret.")
    if not lambda_svc._functions.get(arn.partition(":function:")[2].partition(":")[0]):
        return Refusal(
            "AccessDeniedException",
            "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function"
            " policy grants access to the principal secretsmanager.amazonaws.com.",
        )
    pending = _version_of(secret, PENDING)
    if pending is not None and pending != _version_of(secret, CURRENT):
        return _request("A previous rotation isn't complete. That rotation will be reattempted.")
    rules = parameters.get("RotationRules", {})
    if "AutomaticallyAfterDays" in rules and "ScheduleExpression" in rules:
        return _parameter("You can't specify both AutomaticallyAfterDays and ScheduleExpression.")
    return None


def move_stage(parameters: Parameters) -> Refusal | None:
    """https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_UpdateSecretVersionStage.html"""
    _key, secret = secretsmanager._resolve(parameters["SecretId"])
    if secret is None:
        return None
    target, source = parameters.get("MoveToVersionId"), parameters.get("RemoveFromVersionId")
    if parameters["VersionStage"] == CURRENT and source and not target:
        return _parameter(
            f"You can only move staging label {CURRENT} to a different secret version. It can't be"
            " completely removed."
        )
    stages = secret["Versions"].get(target or "", {}).get("Stages", ())
    if len({*stages, parameters["VersionStage"]}) > MAXIMUM_STAGES:
        return Refusal(
            "LimitExceededException", f"A secret version can have at most {MAXIMUM_STAGES} labels."
        )
    return None


def _one_value(parameters: Parameters) -> Refusal | None:
    if "SecretString" in parameters and "SecretBinary" in parameters:
        return _parameter("You can't specify both a binary secret value and a string secret value")
    return None


def _conflict(parameters: Parameters) -> Refusal | None:
    """Return a refusal of another value under the id of an existing version."""
    token = parameters.get("ClientRequestToken")
    _key, secret = secretsmanager._resolve(parameters["SecretId"])
    version = secret["Versions"].get(token) if secret and token else None
    if version is None or version.get("SecretString") == parameters.get("SecretString"):
        return None
    if version.get("SecretString") is None and version.get("SecretBinary") is None:
        return None
    return Refusal(
        "ResourceExistsException",
        "You can't modify an existing version, you can only create a new version.",
    )


def _version_of(secret: Parameters, stage: str) -> str | None:
    return next(
        (name for name, found in secret["Versions"].items() if stage in found["Stages"]), None
    )


def _parameter(message: str) -> Refusal:
    return Refusal("InvalidParameterException", message)


def _request(message: str) -> Refusal:
    return Refusal("InvalidRequestException", message)


RULES = {
    "CreateSecret": create,
    "PutSecretValue": put,
    "RotateSecret": rotate,
    "UpdateSecret": create,
    "UpdateSecretVersionStage": move_stage,
}
