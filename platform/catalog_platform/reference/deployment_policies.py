"""Generate IAM policies for the deployment: execution policies and a permissions boundary.

CloudFormation creates the stack with the permissions of the CDK's execution role, which has
AdministratorAccess unless the bootstrap says otherwise. The execution policies allow what AWS's
resource schemas list for the types of the stack, and no more than the tables below.

https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html
https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from catalog_platform.aws.stack import stack_name
from catalog_platform.policy.known_types import TYPES
from catalog_platform.reference import boundary
from catalog_platform.reference.deployment_tables import (
    EXCLUDED,
    MANAGED_POLICIES,
    PASSED_TO,
    RESOURCES,
    ROLE_CHANGES,
    SENSITIVE_READS,
    SERVICE_ROLES,
    WITHOUT_RESOURCES,
)

FOLDER = "policies/iam"
BOUNDARY_NAME = "catalog-boundary"
# IAM's limit for a managed policy, without white space.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
LONGEST_POLICY = 6144

Statement = dict[str, Any]


def files(permissions: Mapping[str, frozenset[str]]) -> dict[str, str]:
    """Return the text of each policy by its path.

    `permissions` are the actions of CloudFormation for each resource type of `TYPES`.
    """
    documents = {f"{FOLDER}/boundary.json": _document(boundary.STATEMENTS)}
    for number, statements in enumerate(_packed(execution_statements(permissions)), start=1):
        documents[f"{FOLDER}/execution-{number}.json"] = _document(statements)
    return {path: json.dumps(text, indent=2) + "\n" for path, text in documents.items()}


def execution_statements(permissions: Mapping[str, frozenset[str]]) -> list[Statement]:
    """Return what CloudFormation may do: reads, changes by service, and the parts of IAM."""
    actions = sorted({action for kind in TYPES for action in permissions[kind]} - EXCLUDED)
    actions = [action for action in actions if action.partition(":")[0] in RESOURCES]
    reads = [action for action in actions if _reads(action)]
    statements = [_allow("Read", reads, ["*"])]
    for service in sorted(RESOURCES):
        changes = [
            action
            for action in actions
            if action.startswith(f"{service}:")
            and action not in reads
            and action not in ROLE_CHANGES
            and action not in ("iam:PassRole", "iam:CreateServiceLinkedRole")
        ]
        anywhere = [action for action in changes if action in WITHOUT_RESOURCES]
        named = [action for action in changes if action not in WITHOUT_RESOURCES]
        name = service.title().replace("-", "")
        if named:
            statements.append(_allow(name, named, RESOURCES[service]))
        if anywhere:
            statements.append(_allow(f"{name}WithoutResource", anywhere, ["*"]))
    return [*statements, *_special()]


def _special() -> Iterator[Statement]:
    """Yield the statements that no resource type lists, and those of IAM with conditions."""
    stack = stack_name("*")
    roles = [f"arn:aws:iam::*:role/{stack}"]
    bounded = {"iam:PermissionsBoundary": f"arn:aws:iam::*:policy/{BOUNDARY_NAME}"}
    managed = ("iam:AttachRolePolicy", "iam:DetachRolePolicy")
    yield _allow(
        "RolesWithBoundary",
        sorted(ROLE_CHANGES - set(managed)),
        roles,
        {"ArnLike": bounded},
    )
    yield _allow(
        "ManagedPolicies",
        managed,
        roles,
        {
            "ArnLike": bounded
            | {"iam:PolicyARN": [f"arn:aws:iam::aws:policy/{name}" for name in MANAGED_POLICIES]}
        },
    )
    yield _allow(
        "PassRole",
        ["iam:PassRole"],
        roles,
        {"StringEquals": {"iam:PassedToService": list(PASSED_TO)}},
    )
    yield _allow(
        "ServiceLinkedRoles",
        ["iam:CreateServiceLinkedRole"],
        ["arn:aws:iam::*:role/aws-service-role/*"],
        {"StringEquals": {"iam:AWSServiceName": list(SERVICE_ROLES)}},
    )
    yield _allow(
        "Assets", ["s3:GetObject", "s3:GetObjectVersion"], ["arn:aws:s3:::cdk-*-assets-*/*"]
    )
    yield _allow(
        "BootstrapVersion", ["ssm:GetParameters"], ["arn:aws:ssm:*:*:parameter/cdk-bootstrap/*"]
    )


def _reads(action: str) -> bool:
    verb = action.partition(":")[2]
    return verb.startswith(("Describe", "Get", "List")) and action not in SENSITIVE_READS


def _allow(
    name: str,
    actions: Iterable[str],
    resources: Iterable[str],
    condition: Mapping[str, Any] | None = None,
) -> Statement:
    statement: Statement = {
        "Sid": name,
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": list(resources),
    }
    return statement | ({"Condition": dict(condition)} if condition else {})


def _packed(statements: Iterable[Statement]) -> list[list[Statement]]:
    """Return the statements in as few documents as their order allows within IAM's limit."""
    packed: list[list[Statement]] = [[]]
    for statement in statements:
        if _length([*packed[-1], statement]) > LONGEST_POLICY:
            packed.append([])
        packed[-1].append(statement)
    return packed


def _length(statements: Iterable[Statement]) -> int:
    return len(json.dumps(_document(statements), separators=(",", ":")))


def _document(statements: Iterable[Statement]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}
