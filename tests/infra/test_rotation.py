"""Password rotation."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.models import a_manifest
from support.synthesis import Template, templates_of

pytestmark = pytest.mark.synth


def test_owner_password_rotation_follows_the_manifest(template: Template) -> None:
    schedule = template.properties("Database/Rotation/OwnerSchedule")
    assert schedule["SecretId"] == template.ref("Database/Secret/Attachment")
    assert schedule["RotationLambdaARN"] == template.arn("Database/Rotation/Function")
    assert schedule["RotationRules"] == {"AutomaticallyAfterDays": 30}
    assert schedule["RotateImmediatelyOnUpdate"] is False
    assert "HostedRotationLambda" not in schedule


def test_no_transform_changes_the_template_at_deployment(template: Template) -> None:
    assert "Transform" not in template.content


def test_passwords_of_the_functions_are_rotated(template: Template, tmp_path: Path) -> None:
    assert len(template.all_of("AWS::SecretsManager::RotationSchedule")) == 1
    (found,) = templates_of(tmp_path, a_manifest(database={"authentication": "password"}))
    assert {
        str(schedule["SecretId"])
        for schedule in found.all_of("AWS::SecretsManager::RotationSchedule").values()
    } == {
        str(found.ref("Database/Secret/Attachment")),
        str(found.ref("Database/Login/Secret")),
        str(found.ref("Database/ReaderLogin/Secret")),
    }


def test_function_can_change_only_its_secrets(template: Template) -> None:
    changing = [
        statement
        for statement in template.statements("Database/Rotation/Role/DefaultPolicy")
        if "secretsmanager:PutSecretValue" in statement["Action"]
    ]
    assert [(found["Action"], found["Resource"]) for found in changing] == [
        (
            [
                "secretsmanager:DescribeSecret",
                "secretsmanager:GetSecretValue",
                "secretsmanager:ListSecretVersionIds",
                "secretsmanager:PutSecretValue",
                "secretsmanager:UpdateSecretVersionStage",
            ],
            template.ref("Database/Secret/Attachment"),
        )
    ]


def test_only_secrets_manager_can_invoke_it_per_secret(template: Template) -> None:
    permission = template.properties("Database/Rotation/OwnerPermission")
    assert permission["Principal"] == "secretsmanager.amazonaws.com"
    assert permission["SourceAccount"] == "123456789012"
    assert permission["SourceArn"] == template.ref("Database/Secret/Attachment")


def test_rotation_depends_on_database_and_network(template: Template) -> None:
    waits_for = template.resource("Database/Rotation/OwnerSchedule")["DependsOn"]
    for path in (
        "Database/Schema/Migrations",
        "Database/Rotation/OwnerPermission",
        "Database/Rotation/Role/DefaultPolicy",
        "Network/RotationToDatabaseIngress",
        "Network/Vpc/SecretsmanagerEndpoint",
    ):
        assert template.logical_ids[path] in waits_for, path


def test_no_rotation_resources_when_disabled(minimal: Template) -> None:
    assert minimal.all_of("AWS::SecretsManager::RotationSchedule") == {}
    assert not minimal.has("Database/Rotation/Function")
    assert not minimal.has("Logs/Rotation")
