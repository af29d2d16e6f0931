"""The replayer function and its permissions."""

from __future__ import annotations

import pytest

from support.synthesis import Template

pytestmark = pytest.mark.synth


def test_role_can_only_read_dead_letters_and_put_records(template: Template) -> None:
    actions = template.actions("Replayer/Role/DefaultPolicy")
    assert {action for action in actions if not action.startswith(("ec2:", "xray:"))} == {
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:PutRecords",
        "kms:Decrypt",
        "kms:GenerateDataKey",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "s3:GetObject",
        "s3:ListBucket",
        "s3:PutObject",
    }


def test_role_can_write_only_replay_records(template: Template) -> None:
    (writing,) = (
        statement
        for statement in template.statements("Replayer/Role/DefaultPolicy")
        if statement["Action"] == "s3:PutObject"
    )
    bucket = template.arn("DeadLetters/Bucket")
    assert writing["Resource"] == {"Fn::Join": ["", [bucket, "/replayed/*"]]}


def test_it_runs_serially(template: Template) -> None:
    assert template.properties("Replayer/Function")["ReservedConcurrentExecutions"] == 1


def test_it_cannot_reach_database_or_cache(template: Template) -> None:
    group = {"Fn::GetAtt": [template.logical_ids["Replayer/SecurityGroup"], "GroupId"]}
    rules = template.all_of("AWS::EC2::SecurityGroupEgress").values()
    assert not [rule for rule in rules if rule["GroupId"] == group]


def test_no_function_when_disabled(minimal: Template) -> None:
    assert not [path for path in minimal.logical_ids if "Replayer" in path]
    assert "ReplayerFunctionName" not in minimal.content["Outputs"]
