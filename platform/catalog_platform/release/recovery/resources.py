"""Read the resources of a stack, and what its template says about their deletion."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from catalog_platform import yaml_loader
from catalog_platform.aws.api_errors import calling
from catalog_platform.aws.session import Session
from catalog_platform.aws.stack_status import StackStatus
from catalog_platform.errors import PlatformError
from catalog_platform.release.imported import NAMES, is_imported, is_retained
from catalog_platform.yaml_loader import Limits, YamlError

# Templates have at most a million bytes, and up to 500 resources.
# https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
LIMITS = Limits(depth=100, values=500_000, text=1_000_000, key=1024)
DATABASE = "AWS::RDS::DBInstance"
GONE = {"DELETE_COMPLETE"}
LEFT = {"DELETE_SKIPPED"}


@dataclass(frozen=True, slots=True)
class StackResource:
    """A resource of a stack.

    `policy` is its DeletionPolicy. `imported` says that a deployment imports it by its name once it
    is outside of a stack. `needs` are the logical ids that it refers to.
    """

    logical_id: str
    physical_id: str
    type: str
    status: str
    reason: str
    policy: str
    imported: bool = False
    needs: frozenset[str] = frozenset()

    @property
    def is_retained(self) -> bool:
        """Return whether a deletion of the stack leaves the resource in the account."""
        return is_retained(self.policy)

    @property
    def is_left(self) -> bool:
        """Return whether the resource exists, but has left the stack."""
        return self.status in LEFT

    def __str__(self) -> str:
        """Return logical id, type and physical id."""
        return f"{self.logical_id} ({self.type} {self.physical_id})"


def read(session: Session, stack: StackStatus) -> tuple[StackResource, ...]:
    """Return the resources of a stack that exist, with those that have left it.

    Raises `PlatformError`.
    """
    cloud = session.client("cloudformation")
    with calling("cloudformation:ListStackResources", f"stack {stack.name}"):
        pages = cloud.get_paginator("list_stack_resources").paginate(StackName=stack.id)
        entries = [entry for page in pages for entry in page["StackResourceSummaries"]]
    # A resource without a physical id was never created.
    found = [
        entry
        for entry in entries
        if entry["ResourceStatus"] not in GONE and entry.get("PhysicalResourceId")
    ]
    declared = _template(session, stack) if found else {}
    return tuple(_resource(entry, declared) for entry in found)


def with_needs(resources: Iterable[StackResource], logical_ids: Iterable[str]) -> set[str]:
    """Return the logical ids with those of all resources that these refer to, directly or not."""
    needs = {each.logical_id: each.needs for each in resources}
    found: set[str] = set()
    pending = set(logical_ids)
    while pending:
        found |= pending
        pending = {need for each in pending for need in needs.get(each, ())} - found
    return found & needs.keys()


def _template(session: Session, stack: StackStatus) -> Mapping[str, Any]:
    with calling("cloudformation:GetTemplate", f"stack {stack.name}"):
        answer = session.client("cloudformation").get_template(StackName=stack.id)
    body = answer["TemplateBody"]
    if isinstance(body, str):
        # botocore parses JSON only, and the CDK sends small templates as YAML.
        try:
            body = yaml_loader.loads(body, stack.name, limits=LIMITS)
        except YamlError as error:
            raise PlatformError(
                f"stack {stack.name}: line {error.line} of its template {error.message}",
                hint="its policies for deletion are unknown; see it in the CloudFormation console",
            ) from error
    resources: Mapping[str, Any] = body.get("Resources", {})
    return resources


def _resource(entry: dict[str, Any], declared: Mapping[str, Any]) -> StackResource:
    kind, logical_id = entry["ResourceType"], entry["LogicalResourceId"]
    definition = declared.get(logical_id, {})
    # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-deletionpolicy.html
    default = "Snapshot" if kind == DATABASE else "Delete"
    policy = definition.get("DeletionPolicy", default)
    name = definition.get("Properties", {}).get(NAMES.get(kind, ""))
    return StackResource(
        logical_id,
        entry["PhysicalResourceId"],
        kind,
        entry["ResourceStatus"],
        entry.get("ResourceStatusReason", ""),
        policy,
        imported=is_imported(kind, policy, name),
        needs=frozenset(_references(definition)) & declared.keys(),
    )


def _references(value: Any) -> Iterator[str]:
    """Yield the logical ids that a part of a template refers to, and some other words.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html
    """
    if isinstance(value, list):
        for each in value:
            yield from _references(each)
    elif isinstance(value, dict):
        for key, each in value.items():
            if key in ("Ref", "DependsOn", "Fn::GetAtt"):
                yield from [each] if isinstance(each, str) else each
            elif key == "Fn::Sub":
                text = each if isinstance(each, str) else each[0]
                yield from re.findall(r"\$\{(\w+)", text)
            yield from _references(each)
