"""Policy: no role of the stack can delete archived objects or weaken their lock."""

from __future__ import annotations

from collections.abc import Iterator
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
        properties = conf.get("Properties", {})
        documents = {"Properties": properties}
        for place, inline in enumerate(properties.get("Policies", [])):
            documents[f"Properties/Policies/[{place}]"] = inline
        self.evaluated_keys = [
            key
            for path, each in documents.items()
            for key, statement in _statements(f"{path}/PolicyDocument", each)
            if statement.get("Effect") == "Allow" and _forbidden(statement)
        ]
        return CheckResult.FAILED if self.evaluated_keys else CheckResult.PASSED


def _statements(path: str, policy: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each statement of a policy with its path; a document can hold one without a list."""
    found = policy.get("PolicyDocument", {}).get("Statement", [])
    if not isinstance(found, list):
        yield f"{path}/Statement", found
        return
    for place, statement in enumerate(found):
        yield f"{path}/Statement/[{place}]", statement


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _forbidden(statement: dict[str, Any]) -> bool:
    """Return whether a statement allows a forbidden action; NotAction allows all others."""
    actions = [str(action).lower() for action in _as_list(statement.get("Action", []))]
    return "NotAction" in statement or any(
        fnmatchcase(forbidden, action) for forbidden in FORBIDDEN for action in actions
    )


check = NoRoleDeletesObjects()
