"""The permissions boundary, compared with the roles of the largest environment."""

from __future__ import annotations

import json
from fnmatch import fnmatchcase
from typing import Any

import pytest

from catalog_platform.reference.boundary import STATEMENTS
from support.manifests import ROOT

RESOURCES: dict[str, Any] = json.loads((ROOT / "tests" / "golden" / "production.json").read_text())[
    "Resources"
]


def allowed_by_roles() -> set[str]:
    found: set[str] = set()
    for resource in RESOURCES.values():
        if resource["Type"] == "AWS::IAM::Policy":
            for statement in resource["Properties"]["PolicyDocument"]["Statement"]:
                if statement["Effect"] == "Allow":
                    action = statement["Action"]
                    found.update([action] if isinstance(action, str) else action)
    return found


def is_allowed(action: str) -> bool:
    patterns = [
        pattern
        for statement in STATEMENTS
        for pattern in (
            [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
        )
    ]
    return any(fnmatchcase(action, pattern) for pattern in patterns)


def test_the_boundary_allows_whatever_the_roles_of_the_stack_allow() -> None:
    actions = allowed_by_roles()
    assert len(actions) > 20
    assert [action for action in sorted(actions) if not is_allowed(action)] == []


@pytest.mark.parametrize(
    "action",
    [
        "iam:PassRole",
        "iam:CreateUser",
        "iam:PutRolePolicy",
        "sts:AssumeRole",
        "organizations:LeaveOrganization",
        "cloudformation:UpdateStack",
        "lambda:UpdateFunctionCode",
        "lambda:InvokeFunction",
        "kms:ScheduleKeyDeletion",
        "kms:PutKeyPolicy",
        "kinesis:DeleteStream",
        "rds:DeleteDBInstance",
        "s3:DeleteObject",
        "s3:PutBucketPolicy",
        "secretsmanager:DeleteSecret",
        "backup:DeleteRecoveryPoint",
        "ec2:RunInstances",
    ],
)
def test_the_boundary_allows_no_role_to_gain_rights_or_destroy_data(action: str) -> None:
    assert not is_allowed(action)


def test_no_pattern_covers_a_whole_service() -> None:
    for statement in STATEMENTS:
        actions = statement["Action"]
        for action in [actions] if isinstance(actions, str) else actions:
            assert not action.endswith(":*")
