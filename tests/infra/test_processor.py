"""The processor: what it runs, what it may do, and how it is fed."""

from __future__ import annotations

import importlib
from typing import Any

import pytest

from support.synthesis import Template

pytestmark = pytest.mark.synth


def variables(template: Template, path: str) -> dict[str, Any]:
    found = template.properties(path)["Environment"]["Variables"]
    assert isinstance(found, dict)
    return found


def test_the_function_is_what_the_manifest_says(template: Template) -> None:
    function = template.properties("Processor/Function")
    assert function["Runtime"] == "python3.13"
    assert function["Architectures"] == ["arm64"]
    assert function["Handler"] == "inventory_processor.handler.handle"
    assert (function["MemorySize"], function["Timeout"]) == (512, 60)
    assert function["ReservedConcurrentExecutions"] == 10
    assert function["TracingConfig"] == {"Mode": "Active"}


def test_nothing_is_reserved_where_the_account_allows_nothing(minimal: Template) -> None:
    assert "ReservedConcurrentExecutions" not in minimal.properties("Processor/Function")
    assert "ReservedConcurrentExecutions" not in minimal.properties("Database/Schema/Function")


def test_it_runs_in_the_private_tier(template: Template) -> None:
    place = template.properties("Processor/Function")["VpcConfig"]
    assert place["SubnetIds"] == [
        template.ref(f"Network/Vpc/PrivateSubnet{number}/Subnet") for number in (1, 2)
    ]


def test_it_logs_json_to_a_group_of_its_own_and_lambda_filters_nothing(
    template: Template,
) -> None:
    assert template.properties("Processor/Function")["LoggingConfig"] == {
        "ApplicationLogLevel": "DEBUG",
        "LogFormat": "JSON",
        "LogGroup": template.ref("Logs/Processor"),
    }


@pytest.mark.parametrize(
    ("path", "function"),
    [
        ("Processor/Function", "inventory_processor"),
        ("Database/Schema/Function", "schema_migrator"),
        ("Replayer/Function", "failure_replayer"),
        ("Reader/Function", "catalog_reader"),
    ],
)
def test_the_variables_are_exactly_those_that_the_function_reads(
    template: Template,
    path: str,
    function: str,
) -> None:
    settings = importlib.import_module(f"{function}.settings")
    reading: set[str] = set()

    class Recorder(dict[str, str]):
        def get(self, key: str, default: Any = None) -> Any:
            reading.add(key)
            return default

    with pytest.raises(Exception, match="missing"):
        settings.Settings.parse(Recorder())
    assert set(variables(template, path)) == reading


def test_stores_are_named_by_reference(template: Template) -> None:
    found = variables(template, "Processor/Function")
    assert found["ARCHIVE_BUCKET"] == template.ref("Archive/Bucket")
    assert found["DEAD_LETTER_BUCKET"] == template.ref("DeadLetters/Bucket")
    assert found["DEAD_LETTER_QUEUE_URL"] == template.ref("DeadLetters/Queue")
    assert found["DATABASE_SECRET_ARN"] == ""
    assert found["DATABASE_USERNAME"] == "catalog_app"
    assert found["DATABASE_AUTHENTICATION"] == "iam"
    assert found["DATABASE_AUTHORITIES"] == "public"
    assert found["DATABASE_HOST"] == {
        "Fn::GetAtt": [template.logical_ids["Database/Proxy/Proxy"], "Endpoint"]
    }
    assert found["DATABASE_TLS"] == "verify-full"
    assert found["CACHE_TLS"] == "true"
    assert found["ENVIRONMENT_NAME"] == "sample"


def test_the_role_can_do_what_an_update_needs_and_no_more(template: Template) -> None:
    actions = template.actions("Processor/Role/DefaultPolicy")
    assert {action for action in actions if not action.startswith(("ec2:", "xray:"))} == {
        "kinesis:DescribeStream",
        "kinesis:DescribeStreamConsumer",
        "kinesis:DescribeStreamSummary",
        "kinesis:GetRecords",
        "kinesis:GetShardIterator",
        "kinesis:ListShards",
        "kinesis:ListStreams",
        "kinesis:SubscribeToShard",
        "kms:Decrypt",
        "kms:GenerateDataKey",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
        "rds-db:connect",
        "s3:ListBucket",
        "s3:PutObject",
        "secretsmanager:GetSecretValue",
        "sqs:SendMessage",
    }


def test_only_listing_is_allowed_on_everything(template: Template) -> None:
    for path in ("Processor/Role/DefaultPolicy", "Database/Schema/Role/DefaultPolicy"):
        for statement in template.statements(path):
            if statement["Resource"] == "*":
                assert all(
                    action.startswith(("ec2:Describe", "xray:Put"))
                    for action in statement["Action"]
                )


def test_no_managed_policy_is_attached_to_a_function(template: Template) -> None:
    for path in ("Processor/Role", "Database/Schema/Role"):
        assert "ManagedPolicyArns" not in template.properties(path)


def test_one_bad_record_neither_blocks_the_shard_nor_is_lost(template: Template) -> None:
    mapping = template.properties("Processor/Mapping")
    assert mapping["BisectBatchOnFunctionError"] is True
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["MaximumRetryAttempts"] == 3
    assert mapping["MaximumRecordAgeInSeconds"] == 86400
    assert mapping["DestinationConfig"] == {
        "OnFailure": {"Destination": template.arn("DeadLetters/Bucket")}
    }


def test_batches_are_what_the_manifest_says_and_start_at_the_beginning(
    template: Template,
) -> None:
    assert (
        template.properties("Processor/Mapping").items()
        >= {
            "BatchSize": 100,
            "MaximumBatchingWindowInSeconds": 5,
            "ParallelizationFactor": 1,
            "StartingPosition": "TRIM_HORIZON",
            "EventSourceArn": template.arn("Stream/Stream"),
        }.items()
    )


def test_no_batch_is_read_before_the_schema_is_there(template: Template) -> None:
    waits_for = template.resource("Processor/Mapping")["DependsOn"]
    assert template.logical_ids["Database/Schema/Migrations"] in waits_for
