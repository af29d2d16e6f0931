from __future__ import annotations

import json
from typing import Any

from catalog_platform.release.preflight import policy
from catalog_platform.release.preflight.registry import CHECKS


def allowed(statements: list[dict[str, Any]]) -> list[str]:
    actions = [each["Action"] for each in statements]
    return [one for each in actions for one in ([each] if isinstance(each, str) else each)]


def test_the_policy_allows_what_the_checks_declare_and_nothing_else() -> None:
    statements = json.loads(policy.document())["Statement"]
    declared = {action for check in CHECKS for action in check.actions}
    assert {*allowed(statements), policy.WITHOUT_PERMISSION} == declared
    assert {each["Effect"] for each in statements} == {"Allow"}


def test_stacks_roles_and_parameters_of_others_cannot_be_read() -> None:
    (wide, *narrow) = json.loads(policy.document())["Statement"]
    for service in ("cloudformation", "iam"):
        assert not [each for each in wide["Action"] if each.startswith(f"{service}:")]
    assert "ssm:GetParameter" not in wide["Action"]
    assert all("*" != each["Resource"] for each in narrow)
