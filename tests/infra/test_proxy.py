"""RDS Proxy."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.models import a_manifest
from support.synthesis import Template, templates_of

pytestmark = pytest.mark.synth


def test_the_proxy_uses_iam_tokens_end_to_end(template: Template) -> None:
    proxy = template.properties("Database/Proxy/Proxy")
    assert proxy["DefaultAuthScheme"] == "IAM_AUTH"
    assert "Auth" not in proxy
    assert proxy["EngineFamily"] == "POSTGRESQL"
    assert proxy["RequireTLS"] is True
    assert proxy["DebugLogging"] is False


def test_with_passwords_it_uses_only_the_secrets_of_the_functions(tmp_path: Path) -> None:
    (found,) = templates_of(tmp_path, a_manifest(database={"authentication": "password"}))
    proxy = found.properties("Database/Proxy/Proxy")
    assert proxy["DefaultAuthScheme"] == "NONE"
    assert proxy["Auth"] == [
        {
            "AuthScheme": "SECRETS",
            "ClientPasswordAuthType": "POSTGRES_SCRAM_SHA_256",
            "IAMAuth": "DISABLED",
            "SecretArn": found.ref(f"Database/{login}/Secret"),
        }
        for login in ("Login", "ReaderLogin")
    ]
    assert found.actions("Database/Proxy/Role/DefaultPolicy") == {
        "kms:Decrypt",
        "secretsmanager:GetSecretValue",
    }


def test_it_targets_the_instance_and_leaves_connections(template: Template) -> None:
    targets = template.properties("Database/Proxy/Targets")
    assert targets["DBInstanceIdentifiers"] == [template.ref("Database/Instance")]
    pool = targets["ConnectionPoolConfigurationInfo"]
    assert pool["MaxConnectionsPercent"] == 80


def test_the_processor_connects_only_through_the_proxy(template: Template) -> None:
    rules = {path for path in template.logical_ids if path.startswith("Network/Processor")}
    assert {"Network/ProcessorToProxyIngress", "Network/ProcessorToProxyEgress"} <= rules
    assert not any("ProcessorToDatabase" in path for path in rules)
    assert template.has("Network/ProxyToDatabaseIngress")


def test_mapping_depends_on_the_proxy_target(template: Template) -> None:
    waits_for = template.resource("Processor/Mapping")["DependsOn"]
    assert template.logical_ids["Database/Proxy/Targets"] in waits_for


def test_functions_wait_for_the_target_of_a_new_proxy(template: Template) -> None:
    for path in ("Processor/Function", "Reader/Function"):
        waits_for = template.resource(path)["DependsOn"]
        assert template.logical_ids["Database/Proxy/Targets"] in waits_for


def test_only_rds_assumes_the_role_without_a_condition_that_it_may_not_meet(
    template: Template,
) -> None:
    (statement,) = template.properties("Database/Proxy/Role")["AssumeRolePolicyDocument"][
        "Statement"
    ]
    assert statement["Principal"] == {"Service": "rds.amazonaws.com"}
    assert "Condition" not in statement


def test_without_a_proxy_the_processor_connects_to_the_instance(minimal: Template) -> None:
    assert minimal.all_of("AWS::RDS::DBProxy") == {}
    assert minimal.has("Network/ProcessorToDatabaseIngress")
    assert not minimal.has("Logs/DatabaseProxy")
