from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.release.preflight.model import Status
from catalog_platform.release.preflight.service_linked_roles import CHECK
from support.preflight import ROLE, Account, a_context, a_resource, golden, resources, run, statuses

TEMPLATE = resources(Database=a_resource("AWS::RDS::DBInstance"))


def a_role(name: str) -> dict[str, Any]:
    role = {
        "Path": "/",
        "RoleName": name,
        "RoleId": "AROA1234567890123456",
        "Arn": f"arn:aws:iam::1:role/{name}",
        "CreateDate": "2030-01-01T00:00:00Z",
    }
    return {"Role": role}


def decided(account: Account, decision: str) -> None:
    result = {"EvalActionName": "iam:CreateServiceLinkedRole", "EvalDecision": decision}
    account.respond("iam", "SimulatePrincipalPolicy", {"EvaluationResults": [result]})


def test_roles_that_exist_pass(account: Account) -> None:
    for name in ("AWSServiceRoleForRDS", "AWSServiceRoleForElastiCache"):
        account.respond("iam", "GetRole", a_role(name), {"RoleName": name})
    assert statuses(run(CHECK, a_context(account, golden()))) == [Status.PASSED] * 2


@pytest.mark.parametrize(
    ("decision", "status"),
    [("allowed", Status.PASSED), ("implicitDeny", Status.FAILED), ("explicitDeny", Status.FAILED)],
)
def test_a_missing_role_must_be_creatable_by_the_execution_role(
    account: Account, decision: str, status: Status
) -> None:
    account.refuse("iam", "GetRole", "NoSuchEntity")
    decided(account, decision)
    (result,) = run(CHECK, a_context(account, TEMPLATE))
    assert result.status is status
    if status is Status.FAILED:
        assert ROLE in result.message
        assert result.hint.endswith(
            "aws iam create-service-linked-role --aws-service-name rds.amazonaws.com"
        )


def test_without_the_simulator_a_missing_role_is_a_warning(account: Account) -> None:
    account.refuse("iam", "GetRole", "NoSuchEntity")
    account.refuse("iam", "SimulatePrincipalPolicy", "AccessDenied")
    (result,) = run(CHECK, a_context(account, TEMPLATE))
    assert result.status is Status.WARNING
    assert "needs the permission iam:SimulatePrincipalPolicy" in result.message
    assert "create-service-linked-role" in result.hint


def test_one_denied_role_leaves_the_other(account: Account) -> None:
    account.refuse("iam", "GetRole", "AccessDenied")
    account.respond("iam", "GetRole", a_role("AWSServiceRoleForElastiCache"))
    found = statuses(run(CHECK, a_context(account, golden())))
    assert found == [Status.NOT_CHECKED, Status.PASSED]


def test_a_template_without_the_services_needs_no_role(account: Account) -> None:
    assert run(CHECK, a_context(account, resources(Q=a_resource("AWS::SQS::Queue")))) == []
