"""The IAM policy in the documentation allows what the code calls."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from catalog_platform.aws import preview, stack_status
from catalog_platform.aws.preview import change_set, template_argument

ROOT = Path(__file__).parents[3]
ACTION = re.compile(r'calling\(\s*"([\w:]+)"')
# Only for a stack that doesn't exist; the documentation explains it.
WITHOUT_STACK = {"cloudformation:DeleteStack"}


def statements() -> list[dict[str, Any]]:
    text = (ROOT / "docs" / "plan.md").read_text()
    (policy,) = re.findall(r"```json\n(.*?)```", text, re.DOTALL)
    found: list[dict[str, Any]] = json.loads(policy)["Statement"]
    return found


def actions(statement: dict[str, Any]) -> set[str]:
    found = statement["Action"]
    return {found} if isinstance(found, str) else set(found)


def test_every_called_action_is_in_the_policy() -> None:
    folder = Path(str(preview.__file__)).parent
    sources = [*folder.glob("*.py"), Path(stack_status.__file__)]
    called = {name for each in sources for name in ACTION.findall(each.read_text())}
    assert {"cloudformation:CreateChangeSet", "s3:PutObject"} <= called
    allowed = set().union(*map(actions, statements()))
    assert called - allowed == WITHOUT_STACK
    assert not {each for each in allowed if "Execute" in each or each in WITHOUT_STACK}


def test_the_policy_allows_only_the_names_that_a_plan_uses() -> None:
    own = {"cloudformation:CreateChangeSet", "cloudformation:DeleteChangeSet"}
    for each in statements():
        if actions(each) & own:
            names = each["Condition"]["StringLike"]["cloudformation:ChangeSetName"]
            assert names == f"{change_set.PREFIX}*"
        if "s3:PutObject" in actions(each):
            assert each["Resource"].endswith(f"/{template_argument.PREFIX}*")
