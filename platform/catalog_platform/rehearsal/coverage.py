"""Find the parts of a change that an embedded AWS does not rehearse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from catalog_platform.local.launcher import EmulatedType
from catalog_platform.local.overlay import Adjustment

# Properties with an effect, of the types that the embedded AWS emulates partly.
REHEARSED: Mapping[str, frozenset[str]] = {
    "AWS::CloudWatch::Alarm": frozenset({"AlarmDescription"}),
    "AWS::CloudWatch::CompositeAlarm": frozenset({"AlarmDescription"}),
    "AWS::ElastiCache::ReplicationGroup": frozenset({"ReplicationGroupDescription"}),
    "AWS::KMS::Key": frozenset({"Description"}),
    "AWS::Lambda::Function": frozenset(
        {"Code", "Description", "Environment", "Handler", "ReservedConcurrentExecutions", "Timeout"}
    ),
    "AWS::RDS::DBInstance": frozenset({"DBInstanceIdentifier", "DBName"}),
    "AWS::S3::Bucket": frozenset(
        {"BucketName", "ObjectLockConfiguration", "ObjectLockEnabled", "VersioningConfiguration"}
    ),
}
# Properties without an effect, of the types that are real otherwise.
RECORDED: Mapping[str, frozenset[str]] = {
    "AWS::Kinesis::Stream": frozenset({"StreamEncryption", "StreamModeDetails"}),
    "AWS::Logs::LogGroup": frozenset({"KmsKeyId"}),
    "AWS::SNS::Topic": frozenset({"KmsMasterKeyId"}),
    "AWS::SQS::Queue": frozenset({"KmsMasterKeyId"}),
    "AWS::SecretsManager::Secret": frozenset({"GenerateSecretString", "KmsKeyId"}),
}
# Attributes that have an effect only when the resource is removed or replaced on AWS.
POLICIES = ("DeletionPolicy", "UpdatePolicy", "UpdateReplacePolicy")
Template = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NotRehearsed:
    """Changed properties that were not rehearsed; `reason` is what the embedded AWS does instead.

    `properties` is `("added",)` or `("removed",)` for a whole resource.
    """

    resource: str
    type: str
    properties: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """The changed properties, as `Resource.Property`, that were rehearsed; and the others."""

    rehearsed: tuple[str, ...]
    not_rehearsed: tuple[NotRehearsed, ...]


def of_change(
    base: Template,
    head: Template,
    types: Mapping[str, EmulatedType],
    adjustments: tuple[Adjustment, ...],
) -> Coverage:
    """Divide the change between two templates into what an embedded AWS rehearses and the rest.

    `adjustments` are the values of both templates that a rehearsal replaces.
    """
    before, now = base["Resources"], head["Resources"]
    rehearsed: list[str] = []
    missing: list[NotRehearsed] = []
    for name in sorted(before.keys() | now.keys()):
        kind = (now.get(name) or before[name])["Type"]
        changed = tuple(_changed(before.get(name), now.get(name)))
        if not changed:
            continue
        behaviour = types.get(kind, EmulatedType(kind, "recorded", "not in the list of types"))
        replaced = tuple(
            adjustment
            for adjustment in adjustments
            if adjustment.resource == name
            and _value(before.get(name), adjustment.property)
            != _value(now.get(name), adjustment.property)
        )
        whole = changed in (("added",), ("removed",))
        unseen = tuple(each for each in changed if not _is_rehearsed(each, behaviour))
        if unseen:
            note = behaviour.note or "recorded only"
            missing.append(NotRehearsed(name, kind, unseen, note))
        if not whole:
            missing += _adjusted(name, kind, replaced)
        # Other parts of these properties may have been rehearsed; claim less rather than more.
        hidden = {*unseen, *(each.property.partition(".")[0] for each in replaced)}
        rehearsed += [f"{name}.{each}" for each in changed if each not in hidden]
    return Coverage(tuple(rehearsed), tuple(missing))


def _is_rehearsed(changed: str, behaviour: EmulatedType) -> bool:
    if changed in POLICIES or behaviour.fidelity == "recorded":
        return False
    if behaviour.fidelity == "partly":
        return changed in REHEARSED.get(behaviour.type, frozenset())
    return changed not in RECORDED.get(behaviour.type, frozenset())


def _adjusted(name: str, kind: str, adjustments: tuple[Adjustment, ...]) -> Iterator[NotRehearsed]:
    reasons = {each.property: f"{each.rehearsed} instead: {each.reason}" for each in adjustments}
    for path, reason in reasons.items():
        yield NotRehearsed(name, kind, (path,), reason)


def _changed(old: Template | None, new: Template | None) -> Iterator[str]:
    """Yield the changed properties and attributes of a resource."""
    if old is None or new is None:
        yield "added" if old is None else "removed"
        return
    if old["Type"] != new["Type"]:
        yield "Type"
    for part in (*POLICIES, "DependsOn"):
        if old.get(part) != new.get(part):
            yield part
    before, now = old.get("Properties", {}), new.get("Properties", {})
    for name in sorted(before.keys() | now.keys()):
        if before.get(name) != now.get(name):
            yield name


def _value(resource: Template | None, path: str) -> Any:
    found: Any = (resource or {}).get("Properties", {})
    for part in path.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found
