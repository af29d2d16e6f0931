"""The processor function, its permissions and its event source mapping."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

from catalog_platform.aws.refused_updates import refused_updates
from catalog_platform.aws.refused_updates.update import StackUpdate
from support.models import a_manifest
from support.synthesis import Template, templates_of

pytestmark = pytest.mark.synth


def variables(template: Template, path: str) -> dict[str, Any]:
    found = template.properties(path)["Environment"]["Variables"]
    assert isinstance(found, dict)
    return found


def test_function_settings_follow_the_manifest(template: Template) -> None:
    function = template.properties("Processor/Function")
    assert function["Runtime"] == "python3.13"
    assert function["Architectures"] == ["arm64"]
    assert function["Handler"] == "inventory_processor.handler.handle"
    assert (function["MemorySize"], function["Timeout"]) == (512, 60)
    assert function["ReservedConcurrentExecutions"] == 10
    assert function["TracingConfig"] == {"Mode": "Active"}


def test_null_reserves_no_concurrency(minimal: Template) -> None:
    assert "ReservedConcurrentExecutions" not in minimal.properties("Processor/Function")
    assert "ReservedConcurrentExecutions" not in minimal.properties("Database/Schema/Function")


def test_it_runs_in_private_subnets(template: Template) -> None:
    vpc = template.properties("Processor/Function")["VpcConfig"]
    assert vpc["SubnetIds"] == [
        template.ref(f"Network/Vpc/PrivateSubnet{number}/Subnet") for number in (1, 2)
    ]


def test_it_logs_unfiltered_json_to_its_own_group(
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
def test_environment_variables_match_the_function(
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

    given = variables(template, path)
    with pytest.raises(Exception, match="missing"):
        # The names are there, because the migrator reads those of a reader only where it has one.
        settings.Settings.parse(Recorder(dict.fromkeys(given, "")))
    assert set(given) == reading


def test_data_stores_are_referenced(template: Template) -> None:
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


def test_role_has_exactly_the_needed_permissions(template: Template) -> None:
    actions = template.actions("Processor/Role/DefaultPolicy") | template.actions(
        template.login_policy("Processor/Role")
    )
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


def test_only_describe_actions_allow_all_resources(template: Template) -> None:
    for path in ("Processor/Role/DefaultPolicy", "Database/Schema/Role/DefaultPolicy"):
        for statement in template.statements(path):
            if statement["Resource"] == "*" and statement["Effect"] == "Allow":
                assert all(
                    action.startswith(("ec2:Describe", "xray:Put"))
                    for action in statement["Action"]
                )


def test_its_code_writes_no_discarded_batches_and_no_replay_log(template: Template) -> None:
    """Lambda writes discarded batches with the same role, and must not be denied that.

    It has refused mappings whose role may write to a part of the bucket only.
    """
    archive, letters = template.arn("Archive/Bucket"), template.arn("DeadLetters/Bucket")
    allowed, denied = (
        next(
            statement
            for statement in template.statements("Processor/Role/DefaultPolicy")
            if (statement["Action"], statement["Effect"]) == ("s3:PutObject", effect)
        )
        for effect in ("Allow", "Deny")
    )
    assert allowed["Resource"] == [
        {"Fn::Join": ["", [archive, "/inventory/*"]]},
        {"Fn::Join": ["", [letters, "/*"]]},
    ]
    assert denied["Resource"] == [
        {"Fn::Join": ["", [letters, f"/{prefix}/*"]]} for prefix in ("aws/lambda", "replayed")
    ]
    functions = "arn:aws:lambda:eu-west-1:123456789012:function:*"
    assert denied["Condition"] == {"ArnLike": {"lambda:SourceFunctionArn": functions}}


def test_functions_have_no_managed_policies(template: Template) -> None:
    for path in ("Processor/Role", "Database/Schema/Role"):
        assert "ManagedPolicyArns" not in template.properties(path)


def test_failed_records_are_isolated_and_saved(template: Template) -> None:
    mapping = template.properties("Processor/Mapping")
    assert mapping["BisectBatchOnFunctionError"] is True
    assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert mapping["MaximumRetryAttempts"] == 3
    assert mapping["MaximumRecordAgeInSeconds"] == 86400
    assert mapping["DestinationConfig"] == {
        "OnFailure": {"Destination": template.arn("DeadLetters/Bucket")}
    }


def test_batch_settings_follow_the_manifest(
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


@pytest.mark.parametrize("path", ["Processor/Function", "Processor/Mapping"])
def test_new_code_and_a_new_mapping_wait_for_the_migrations(template: Template, path: str) -> None:
    waits_for = template.resource(path)["DependsOn"]
    assert template.logical_ids["Database/Schema/Migrations"] in waits_for


EDITS: dict[str, dict[str, Any]] = {
    "batch": {"batch_size": 1000, "batch_window_seconds": 30, "parallelization_factor": 2},
    "retries": {"retry_attempts": 5, "maximum_record_age_seconds": 3600},
    "function": {"memory_mb": 1024, "runtime": "python3.12", "reserved_concurrency": 20},
}


@pytest.mark.parametrize("edit", EDITS)
def test_an_everyday_edit_changes_the_deployed_mapping(
    template: Template, tmp_path: Path, edit: str
) -> None:
    (head,) = templates_of(tmp_path, a_manifest(processor={"retry_attempts": 3, **EDITS[edit]}))
    assert refused_updates(template.content, head.content) == ()
    mapping = template.logical_ids["Processor/Mapping"]
    assert mapping not in StackUpdate.between(template.content, head.content).replaced


def test_the_starting_position_of_a_deployed_mapping_is_fixed(
    template: Template, tmp_path: Path
) -> None:
    (head,) = templates_of(tmp_path, a_manifest(processor={"starting_position": "LATEST"}))
    (found,) = refused_updates(template.content, head.content)
    assert (found.key, found.property) == ("processor.starting_position", "StartingPosition")
    assert "keep the deployed value" in found.reason
