"""Find the stateful resources of a stack that an update replaces or removes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from catalog_platform.aws.client_errors import translate_errors
from catalog_platform.aws.session import Session
from catalog_platform.aws.stack import stack_name

# Resource types that hold data or keys, and their names in messages.
STATEFUL = {
    "AWS::RDS::DBInstance": "database",
    "AWS::Kinesis::Stream": "stream",
    "AWS::S3::Bucket": "bucket",
    "AWS::ElastiCache::ReplicationGroup": "cache",
    "AWS::KMS::Key": "encryption key",
    "AWS::SQS::Queue": "queue",
}
# https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatereplacepolicy.html
KEPT = "AWS keeps the old one outside the stack, but the catalog no longer uses it"
EFFECTS = {
    "Delete": "AWS deletes the old one with its data",
    "Retain": KEPT,
    "RetainExceptOnCreate": KEPT,
    "Snapshot": "AWS deletes the old one and keeps a snapshot",
}


@dataclass(frozen=True, slots=True)
class StatefulResource:
    """A stateful resource of a deployed stack."""

    logical_id: str
    type: str
    physical_id: str


@dataclass(frozen=True, slots=True)
class Loss:
    """A stateful resource that an update replaced or removed.

    `after` is the new physical id, empty when the resource was removed. `accepted` is why the loss
    is no problem, empty if it is one.
    """

    logical_id: str
    type: str
    what: str
    before: str
    after: str
    fate: str
    accepted: str = ""

    def __str__(self) -> str:
        """Return the loss as a sentence."""
        done = "replaces" if self.after else "removes"
        return f"the change {done} the {self.what} {self.logical_id}: {self.fate}"


def list_deployed(session: Session, environment: str) -> tuple[StatefulResource, ...]:
    """Return the stateful resources of an environment's stack. Raises `PlatformError`."""
    stack = stack_name(environment)
    with translate_errors(f"stack {stack}"):
        pages = session.client("cloudformation").get_paginator("list_stack_resources")
        return tuple(
            StatefulResource(
                entry["LogicalResourceId"], entry["ResourceType"], entry["PhysicalResourceId"]
            )
            for page in pages.paginate(StackName=stack)
            for entry in page["StackResourceSummaries"]
            if entry["ResourceType"] in STATEFUL and entry["ResourceStatus"] != "DELETE_COMPLETE"
        )


def losses(
    before: tuple[StatefulResource, ...],
    after: tuple[StatefulResource, ...],
    base: Mapping[str, Any],
    head: Mapping[str, Any],
    accepted: Mapping[str, str],
) -> tuple[Loss, ...]:
    """Return the replaced and removed resources.

    The templates `base` and `head` have the policies that decide what AWS does with the old one.
    `accepted` has the reasons of accepted losses by logical id.
    """
    now = {store.logical_id: store.physical_id for store in after}
    found = []
    for store in before:
        current = now.get(store.logical_id, "")
        policy = "UpdateReplacePolicy" if current else "DeletionPolicy"
        deciding = (head if current else base)["Resources"].get(store.logical_id, {})
        # A replica is created again from its source.
        replica = "SourceDBInstanceIdentifier" in deciding.get("Properties", {})
        if current == store.physical_id or replica:
            continue
        found.append(
            Loss(
                store.logical_id,
                store.type,
                STATEFUL[store.type],
                store.physical_id,
                current,
                _fate(base["Resources"].get(store.logical_id, {}), deciding.get(policy, "Delete")),
                accepted.get(store.logical_id, ""),
            )
        )
    return tuple(found)


def _fate(deployed: Mapping[str, Any], policy: str) -> str:
    """Return what AWS does with the old resource; RDS doesn't delete a protected instance."""
    protected = deployed.get("Properties", {}).get("DeletionProtection") in (True, "true")
    return KEPT if protected else EFFECTS[policy]
