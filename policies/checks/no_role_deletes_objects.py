"""Policy: no role of the stack can delete archived objects or weaken their lock."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any

from checkov.cloudformation.checks.resource.base_resource_check import BaseResourceCheck
from checkov.common.models.enums import CheckCategories, CheckResult

FORBIDDEN = (
    "s3:deleteobject",
    "s3:deleteobjectversion",
    "s3:bypassgovernanceretention",
    "s3:putobjectlegalhold",
    "s3:putobjectretention",
    "s3:putlifecycleconfiguration",
)


class NoRoleDeletesObjects(BaseResourceCheck):
    """Fail when an identity policy allows deleting objects or changing their retention."""

    def __init__(self) -> None:
        super().__init__(
            name="No role may delete objects or change how long they are kept",
            id="CKV_CATALOG_17",
            categories=(CheckCategories.IAM,),
            supported_resources=(
                "AWS::IAM::ManagedPolicy",
                "AWS::IAM::Policy",
                "AWS::IAM::Role",
            ),
            guideline="Grant s3:PutObject alone (in the CDK: grant_put, not grant_write).",
        )

    def scan_resource_conf(self, conf: dict[str, Any]) -> CheckResult:
        """Check managed policies, policies, and inline policies of roles."""
        self.evaluated_keys = ["Properties/PolicyDocument", "Properties/Policies"]
        properties = conf.get("Properties", {})
        documents = [properties.get("PolicyDocument", {})]
        documents += [each.get("PolicyDocument", {}) for each in properties.get("Policies", [])]
        statements = [
            statement
            for document in documents
            for statement in _as_list(document.get("Statement", []))
            if statement.get("Effect") == "Allow"
        ]
        return CheckResult.FAILED if any(map(_forbidden, statements)) else CheckResult.PASSED


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _forbidden(statement: dict[str, Any]) -> bool:
    """Return whether a statement allows a forbidden action; NotAction allows all others."""
    actions = [str(action).lower() for action in _as_list(statement.get("Action", []))]
    return "NotAction" in statement or any(
        fnmatchcase(forbidden, action) for forbidden in FORBIDDEN for action in actions
    )


check = NoRoleDeletesObjects()
