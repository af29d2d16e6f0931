"""What it does to add, replace or remove a resource, or to change the attributes that decide it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from catalog_platform.aws.refused_updates.update import ResourceUpdate
from catalog_platform.plan.verdict import Verdict

REFERENCE = "https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference"
DELETION = f"{REFERENCE}/aws-attribute-deletionpolicy.html"
REPLACEMENT = f"{REFERENCE}/aws-attribute-updatereplacepolicy.html"
CONDITIONS = "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/conditions-section-structure.html"
RETAIN = ("Retain", "RetainExceptOnCreate")
# What the resources of a type hold that exists nowhere else.
CONTENTS: Mapping[str, str] = {
    "AWS::RDS::DBInstance": "the database",
    "AWS::Kinesis::Stream": "records that are not read yet",
    "AWS::S3::Bucket": "objects",
    "AWS::SQS::Queue": "messages",
    "AWS::KMS::Key": "the key of all data that it has encrypted",
    "AWS::SecretsManager::Secret": "the secret value",
    "AWS::Logs::LogGroup": "log events",
    "AWS::Backup::BackupVault": "backups",
    "AWS::ElastiCache::ReplicationGroup": "cached entries, which the database has too",
}
# CloudFormation can't delete these while they have contents, so they stay.
KEPT_WHILE_FULL = ("AWS::S3::Bucket", "AWS::Backup::BackupVault")
# What these contain is kept for people; nothing reads it from the resource that replaces them.
RECORDS = ("AWS::Logs::LogGroup",)
# Types whose removal takes a protection away.
PROTECTING: Mapping[str, str] = {
    "AWS::CloudTrail::Trail": "the trail's events are not recorded any more",
    "AWS::EC2::FlowLog": "the network's connections are not recorded any more",
    "AWS::Backup::BackupPlan": "no backups are made by this plan any more",
    "AWS::Backup::BackupSelection": "its resources are not backed up any more",
    "AWS::SecretsManager::RotationSchedule": "the secret is not rotated any more",
    "AWS::S3::BucketPolicy": "the bucket loses the denials of its policy",
    "AWS::SNS::TopicPolicy": "the topic loses the denials of its policy",
    "AWS::SQS::QueuePolicy": "the queue loses the denials of its policy",
}
# Types whose replacement or removal is noticed by what uses them.
IN_USE: Mapping[str, str] = {
    "AWS::EC2::EIP": "outgoing connections come from another address",
    "AWS::EC2::NatGateway": "connections through the gateway drop",
    "AWS::EC2::Route": "traffic is not routed for a moment",
    "AWS::EC2::SecurityGroup": "connections that its rules allow drop",
    "AWS::EC2::SecurityGroupEgress": "connections that the rule allows drop",
    "AWS::EC2::SecurityGroupIngress": "connections that the rule allows drop",
    "AWS::EC2::Subnet": "what runs in the subnet moves",
    "AWS::EC2::SubnetRouteTableAssociation": "traffic is not routed for a moment",
    "AWS::EC2::VPC": "everything in the network moves",
    "AWS::EC2::VPCEndpoint": "connections to the service drop",
    "AWS::Lambda::EventSourceMapping": "the stream is not read until the next mapping starts",
    "AWS::Lambda::Function": "callers get an error until they know the new name",
    "AWS::Lambda::Url": "callers need the new address",
    "AWS::RDS::DBProxy": "connections through the proxy drop",
    "AWS::RDS::DBProxyTargetGroup": "connections through the proxy drop",
    "AWS::SNS::Subscription": "the receiver must confirm the subscription again",
    "AWS::SSM::Parameter": "consumers don't find the parameter under its old name",
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with its explanation and source; `path` is the changed property, or empty."""

    verdict: Verdict
    explanation: str
    source: str
    path: str = ""


def is_read_replica(update: ResourceUpdate) -> bool:
    """Return whether the resource is a copy of another database instance."""
    return update.type == "AWS::RDS::DBInstance" and any(
        read("SourceDBInstanceIdentifier") for read in (update.before, update.after)
    )


def of_removal(update: ResourceUpdate) -> Judgement:
    """Decide what the removal of a resource does, by the deletion policy that is deployed."""
    kind, policy = update.type, update.old.get("DeletionPolicy", "Delete")
    contents = "" if is_read_replica(update) else CONTENTS.get(kind, "")
    if policy in RETAIN:
        return Judgement(Verdict.ORPHANED, "it leaves the stack and stays in the account", DELETION)
    if update.before("DeletionProtection") in (True, "true"):
        return Judgement(
            Verdict.ORPHANED,
            "its deletion protection, as deployed, stops the deletion: it leaves the stack and"
            " stays in the account",
            DELETION,
        )
    if kind in KEPT_WHILE_FULL:
        return Judgement(
            Verdict.ORPHANED,
            "CloudFormation can't delete it while it has contents: it then stays in the account",
            DELETION,
        )
    if contents and policy == "Snapshot":
        return Judgement(Verdict.AT_RISK, f"only a final snapshot has {contents} then", DELETION)
    if contents and kind != "AWS::ElastiCache::ReplicationGroup":
        return Judgement(Verdict.LOST, f"deletes {contents}", DELETION)
    if kind in PROTECTING:
        return Judgement(Verdict.UNPROTECTED, PROTECTING[kind], DELETION)
    if contents or is_read_replica(update):
        return Judgement(Verdict.INTERRUPTS, "what reads from it has to stop before", DELETION)
    if kind in IN_USE:
        return Judgement(Verdict.INTERRUPTS, IN_USE[kind], DELETION)
    return Judgement(Verdict.SAFE, "it holds nothing, and nothing is connected to it", DELETION)


def of_replacement(update: ResourceUpdate) -> Judgement:
    """Decide what a replacement does, by what the new template does with the deployed resource."""
    kind, policy = update.type, update.new.get("UpdateReplacePolicy", "Delete")
    why = f"{', '.join(update.replaced_by)} can't change in place"
    contents = "" if is_read_replica(update) else CONTENTS.get(kind, "")
    cache = kind == "AWS::ElastiCache::ReplicationGroup"
    if kind in RECORDS and policy in RETAIN:
        text = f"{why}: the old one, with {contents}, stays in the account"
        return Judgement(Verdict.ORPHANED, text, REPLACEMENT)
    protected = update.before("DeletionProtection") in (True, "true")
    if contents and (protected or policy in (*RETAIN, "Snapshot")):
        kept = protected or policy in RETAIN
        rest = "stays in the account" if kept else "is deleted after a final snapshot"
        return Judgement(
            Verdict.AT_RISK,
            f"{why}: the new one starts empty; the old one, with {contents}, {rest}",
            REPLACEMENT,
        )
    if contents:
        verdict = Verdict.AT_RISK if cache else Verdict.LOST
        text = f"{why}: the new one starts empty, and the old one is deleted with {contents}"
        return Judgement(verdict, text, REPLACEMENT)
    if is_read_replica(update):
        return Judgement(
            Verdict.INTERRUPTS, f"{why}: readers connect to a new replica", REPLACEMENT
        )
    if kind in IN_USE:
        return Judgement(Verdict.INTERRUPTS, f"{why}: {IN_USE[kind]}", REPLACEMENT)
    return Judgement(Verdict.SAFE, f"{why}: a new one takes its place", REPLACEMENT)


def of_attributes(update: ResourceUpdate) -> list[Judgement]:
    """Decide what changes of the deletion and replacement policies, and of the condition do."""
    found = []
    if update.old.get("Condition") != update.new.get("Condition"):
        text = "another condition decides whether the resource exists at all"
        found.append(Judgement(Verdict.AT_RISK, text, CONDITIONS, "Condition"))
    for name, source in (("DeletionPolicy", DELETION), ("UpdateReplacePolicy", REPLACEMENT)):
        old, new = (side.get(name, "Delete") for side in (update.old, update.new))
        if old == new:
            continue
        weaker = (old in RETAIN and new not in RETAIN) or new == "Delete"
        if weaker and update.type in CONTENTS and not is_read_replica(update):
            verdict, text = Verdict.UNPROTECTED, "a later removal or replacement deletes it"
        else:
            verdict, text = Verdict.SAFE, "takes effect only when it is removed or replaced"
        found.append(Judgement(verdict, text, source, name))
    return found
