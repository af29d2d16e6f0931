"""What changes of policy documents do: only denials and openings have a verdict."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from catalog_platform.aws.refused_updates.update import ResourceUpdate
from catalog_platform.plan.verdict import Verdict
from catalog_platform.plan.verdicts.row import Condition, Row

SOURCE = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html"
DOCUMENTS = (
    ("AWS::IAM::Policy", "PolicyDocument"),
    ("AWS::IAM::ManagedPolicy", "PolicyDocument"),
    ("AWS::IAM::Role", "AssumeRolePolicyDocument"),
    ("AWS::S3::BucketPolicy", "PolicyDocument"),
    ("AWS::SQS::QueuePolicy", "PolicyDocument"),
    ("AWS::SNS::TopicPolicy", "PolicyDocument"),
    ("AWS::KMS::Key", "KeyPolicy"),
    ("AWS::EC2::VPCEndpoint", "PolicyDocument"),
    ("AWS::Backup::BackupVault", "AccessPolicy"),
)


def _statements(document: Any, effect: str) -> Iterator[Mapping[str, Any]]:
    found = document.get("Statement", []) if isinstance(document, Mapping) else []
    for statement in found if isinstance(found, list) else [found]:
        if isinstance(statement, Mapping) and statement.get("Effect") == effect:
            yield statement


def _is_open(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal")
    everybody = principal == "*" or (
        isinstance(principal, Mapping) and principal.get("AWS") in ("*", ["*"])
    )
    return everybody and not statement.get("Condition")


def _loses_a_denial(name: str) -> Condition:
    def condition(update: ResourceUpdate) -> bool:
        old, new = (
            {json.dumps(each, sort_keys=True) for each in _statements(read(name), "Deny")}
            for read in (update.before, update.after)
        )
        return bool(old - new)

    return condition


def _is_opened(name: str) -> Condition:
    def condition(update: ResourceUpdate) -> bool:
        old, new = (
            [each for each in _statements(read(name), "Allow") if _is_open(each)]
            for read in (update.before, update.after)
        )
        return any(each not in old for each in new)

    return condition


ROWS = tuple(
    Row(
        verdict=Verdict.UNPROTECTED,
        type=resource_type,
        property=name,
        explanation=explanation,
        source=SOURCE,
        applies=applies,
    )
    for resource_type, name in DOCUMENTS
    for explanation, applies in (
        ("the policy loses a denial, or has it in another form", _loses_a_denial(name)),
        ("the policy allows something to everybody, without a condition", _is_opened(name)),
    )
)
