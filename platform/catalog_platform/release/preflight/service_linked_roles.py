"""Look whether the service-linked roles exist, or CloudFormation's role may create them.

RDS and ElastiCache create theirs with the first resource, with the permissions of the caller. AWS
Backup needs its own for copies between accounts and for EFS only.
https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAM.ServiceLinkedRoles.html
https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/using-service-linked-roles.html
https://docs.aws.amazon.com/aws-backup/latest/devguide/using-service-linked-roles.html
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from catalog_platform.release.preflight.calls import CallError
from catalog_platform.release.preflight.context import Context
from catalog_platform.release.preflight.model import (
    Check,
    Result,
    failed,
    not_checked,
    passed,
    warning,
)

CREATE = "iam:CreateServiceLinkedRole"


@dataclass(frozen=True, slots=True)
class ServiceLinkedRole:
    """A role, its service, and the resource types that need it."""

    name: str
    service: str
    types: tuple[str, ...]


ROLES = (
    ServiceLinkedRole(
        "AWSServiceRoleForRDS",
        "rds.amazonaws.com",
        ("AWS::RDS::DBInstance", "AWS::RDS::DBProxy", "AWS::RDS::DBSubnetGroup"),
    ),
    ServiceLinkedRole(
        "AWSServiceRoleForElastiCache",
        "elasticache.amazonaws.com",
        ("AWS::ElastiCache::ReplicationGroup", "AWS::ElastiCache::SubnetGroup"),
    ),
)


def _run(context: Context) -> Iterator[Result]:
    for role in ROLES:
        if not context.assembly.of_type(*role.types):
            continue
        try:
            yield _look_up(context, role)
        except CallError as error:
            yield not_checked(f"{role.name}: {error.reason}", hint=_hint(role))


def _look_up(context: Context, role: ServiceLinkedRole) -> Result:
    try:
        context.calls.call("iam", "GetRole", RoleName=role.name)
        return passed(f"{role.name} exists")
    except CallError as error:
        if error.code != "NoSuchEntity":
            raise
    try:
        decision = _decision(context, role)
    except CallError as error:
        return warning(
            f"{role.name} does not exist, and whether CloudFormation's role may create it is"
            f" unknown: {error.reason}",
            hint=_hint(role),
        )
    if decision == "allowed":
        return passed(f"{role.name} is created with the first resource of {role.service}")
    return failed(
        f"{role.name} does not exist, and {_creator(context)} may not create it ({decision})",
        hint=_hint(role),
    )


def _decision(context: Context, role: ServiceLinkedRole) -> str:
    """Return what IAM's policy simulator says about creating the role. Raises `CallError`."""
    partition = context.caller.arn.split(":")[1]
    arn = (
        f"arn:{partition}:iam::{context.assembly.account}:role/aws-service-role/{role.service}/"
        f"{role.name}"
    )
    service = {
        "ContextKeyName": "iam:AWSServiceName",
        "ContextKeyValues": [role.service],
        "ContextKeyType": "string",
    }
    response = context.calls.call(
        "iam",
        "SimulatePrincipalPolicy",
        PolicySourceArn=_creator(context),
        ActionNames=[CREATE],
        ResourceArns=[arn],
        ContextEntries=[service],
    )
    return str(response["EvaluationResults"][0]["EvalDecision"])


def _creator(context: Context) -> str:
    return context.assembly.execution_role or context.caller.arn


def _hint(role: ServiceLinkedRole) -> str:
    return f"create it once: aws iam create-service-linked-role --aws-service-name {role.service}"


CHECK = Check(
    name="service-linked-roles",
    looks_at="Whether the service-linked roles of RDS and ElastiCache exist. If one is missing,"
    f" whether IAM's policy simulator allows CloudFormation's execution role {CREATE}.",
    blind_to="Service control policies, which the simulator does not evaluate completely.",
    actions=("iam:GetRole", "iam:SimulatePrincipalPolicy"),
    run=_run,
)
