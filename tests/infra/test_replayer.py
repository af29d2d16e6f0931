"""The replayer: what it may do, and that it is there only when it is wanted."""

from __future__ import annotations

import pytest

from support.synthesis import Template

pytestmark = pytest.mark.synth


def test_it_reads_letters_and_puts_them_and_may_do_nothing_else(template: Template) -> None:
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


def test_it_writes_beside_the_letters_only(template: Template) -> None:
    (writing,) = (
        statement
        for statement in template.statements("Replayer/Role/DefaultPolicy")
        if statement["Action"] == "s3:PutObject"
    )
    bucket = template.arn("DeadLetters/Bucket")
    assert writing["Resource"] == {"Fn::Join": ["", [bucket, "/replayed/*"]]}


def test_one_run_at_a_time(template: Template) -> None:
    assert template.properties("Replayer/Function")["ReservedConcurrentExecutions"] == 1


def test_it_reaches_neither_database_nor_cache(template: Template) -> None:
    group = {"Fn::GetAtt": [template.logical_ids["Replayer/SecurityGroup"], "GroupId"]}
    rules = template.all_of("AWS::EC2::SecurityGroupEgress").values()
    assert not [rule for rule in rules if rule["GroupId"] == group]


def test_it_is_not_there_when_it_is_not_wanted(minimal: Template) -> None:
    assert not [path for path in minimal.logical_ids if "Replayer" in path]
    assert "ReplayerFunctionName" not in minimal.content["Outputs"]
