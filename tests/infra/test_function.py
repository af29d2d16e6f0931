"""What every function of the stack has."""

from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.infra.function import FunctionDefaults
from support.models import a_manifest
from support.synthesis import Template

pytestmark = pytest.mark.synth

FUNCTIONS = ("Processor", "Reader", "Replayer", "SchemaMigration")


def functions(template: Template) -> dict[str, dict[str, Any]]:
    return template.all_of("AWS::Lambda::Function")


def test_every_function_runs_in_private_subnets_with_its_own_role_and_group(
    template: Template,
) -> None:
    found = functions(template).values()
    assert len(found) >= len(FUNCTIONS)
    for function in found:
        assert len(function["VpcConfig"]["SubnetIds"]) == 2
        assert len(function["VpcConfig"]["SecurityGroupIds"]) == 1
    roles = [str(function["Role"]) for function in found]
    assert len(set(roles)) == len(roles)


def test_runtime_tracing_key_and_log_level_follow_the_manifest(
    template: Template, minimal: Template
) -> None:
    spec = a_manifest().processor
    key = template.arn("Encryption/Key")
    for function in functions(template).values():
        assert function["Runtime"] == spec.runtime
        assert function["Architectures"] == [spec.architecture]
        assert function["TracingConfig"] == {"Mode": "Active"}
        assert function["KmsKeyArn"] == key
        variables = function["Environment"]["Variables"]
        assert variables["ENVIRONMENT_NAME"] == "sample"
        assert variables["LOG_LEVEL"] == spec.log_level
    for function in functions(minimal).values():
        assert function.get("TracingConfig", {"Mode": "PassThrough"}) == {"Mode": "PassThrough"}


def test_logs_are_json_and_lambda_filters_nothing(template: Template) -> None:
    for function in functions(template).values():
        logging = function["LoggingConfig"]
        assert (logging["LogFormat"], logging["ApplicationLogLevel"]) == ("JSON", "DEBUG")
        assert "LogGroup" in logging


def test_permissions_for_network_interfaces_are_limited_to_account_and_region(
    template: Template,
) -> None:
    (statement,) = [
        statement
        for statement in template.statements("Reader/ReadOnlyRole/DefaultPolicy")
        if "ec2:CreateNetworkInterface" in statement["Action"] and statement["Effect"] == "Allow"
    ]
    assert statement["Resource"] == "arn:aws:ec2:eu-west-1:123456789012:*/*"


def test_no_function_s_code_may_use_the_permissions_for_network_interfaces(
    template: Template,
) -> None:
    roles = {function["Role"]["Fn::GetAtt"][0] for function in functions(template).values()}
    policies: dict[str, list[dict[str, Any]]] = {role: [] for role in roles}
    for policy in template.all_of("AWS::IAM::Policy").values():
        if (role := policy["Roles"][0]["Ref"]) in roles:
            policies[role] += policy["PolicyDocument"]["Statement"]
    for statements in policies.values():
        (denied,) = [
            statement
            for statement in statements
            if statement["Effect"] == "Deny" and "ec2:" in str(statement["Action"])
        ]
        allowed = {
            action
            for statement in statements
            if statement["Effect"] == "Allow"
            for action in statement["Action"]
            if action.startswith("ec2:")
        }
        assert len(allowed) == 6
        assert allowed < set(denied["Action"])
        assert denied["Resource"] == "*"
        assert denied["Condition"] == {
            "ArnLike": {
                "lambda:SourceFunctionArn": "arn:aws:lambda:eu-west-1:123456789012:function:*"
            }
        }


@pytest.mark.parametrize(("reserved", "single"), [(None, None), (10, 1)])
def test_one_run_at_a_time_is_reserved_only_where_concurrency_is_reserved(
    reserved: int | None, single: int | None
) -> None:
    unused: Any = None
    manifest = a_manifest(processor={"reserved_concurrency": reserved})
    defaults = FunctionDefaults(manifest.processor, manifest.environment, unused, unused)
    assert defaults.single_concurrency == single
