"""The database roles of the functions."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from support.models import a_manifest
from support.synthesis import Template, templates_of

pytestmark = pytest.mark.synth


@pytest.fixture(scope="module")
def direct(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """IAM authentication without a proxy."""
    folder = tmp_path_factory.mktemp("direct")
    (found,) = templates_of(folder, a_manifest(database={"proxy": False}))
    return found


@pytest.fixture(scope="module")
def by_password(tmp_path_factory: pytest.TempPathFactory) -> Template:
    """Password authentication with a proxy."""
    folder = tmp_path_factory.mktemp("by_password")
    (found,) = templates_of(folder, a_manifest(database={"authentication": "password"}))
    return found


def resources(template: Template, path: str, action: str) -> list[Any]:
    """Return the resources on which a policy allows an action."""
    found: list[Any] = []
    for statement in template.statements(path):
        if action in (statement["Action"], *statement["Action"]):
            named = statement["Resource"]
            found += named if isinstance(named, list) else [named]
    return found


def user(prefix: dict[str, Any], name: str = "catalog_app") -> dict[str, Any]:
    head = "arn:aws:rds-db:eu-west-1:123456789012:dbuser:"
    return {"Fn::Join": ["", [head, prefix, f"/{name}"]]}


def test_a_token_is_granted_for_one_role_on_one_instance(direct: Template) -> None:
    instance = {"Fn::GetAtt": [direct.logical_ids["Database/Instance"], "DbiResourceId"]}
    policy = direct.login_policy("Processor/Role")
    assert direct.statements(policy) == [
        {"Action": "rds-db:connect", "Effect": "Allow", "Resource": user(instance)}
    ]


def test_with_a_proxy_tokens_are_for_proxy_then_instance(
    template: Template,
) -> None:
    arn = {"Fn::GetAtt": [template.logical_ids["Database/Proxy/Proxy"], "DBProxyArn"]}
    proxy = {"Fn::Select": [6, {"Fn::Split": [":", arn]}]}
    instance = {"Fn::GetAtt": [template.logical_ids["Database/Instance"], "DbiResourceId"]}
    action = "rds-db:connect"
    for role, expected in (
        ("Processor/Role", [user(proxy)]),
        ("Reader/ReadOnlyRole", [user(proxy, "catalog_reader")]),
    ):
        assert resources(template, template.login_policy(role), action) == expected
        assert action not in template.actions(f"{role}/DefaultPolicy")
    logins = template.login_policies("Database/Proxy/Role")
    assert [resources(template, each, action) for each in logins] == [
        [user(instance)],
        [user(instance, "catalog_reader")],
    ]


def test_the_processor_never_reads_the_owner_s_password(
    template: Template, direct: Template, by_password: Template, minimal: Template
) -> None:
    action = "secretsmanager:GetSecretValue"
    for found in (template, direct, by_password, minimal):
        readable = resources(found, "Processor/Role/DefaultPolicy", action)
        assert found.ref("Database/Secret/Attachment") not in readable
    for found in (by_password, minimal):
        readable = resources(found, "Processor/Role/DefaultPolicy", action)
        assert found.ref("Database/Login/Secret") in readable


def test_a_password_is_generated_for_the_role_and_known_to_the_migrator(
    by_password: Template,
) -> None:
    secret = by_password.properties("Database/Login/Secret")
    assert secret["GenerateSecretString"]["SecretStringTemplate"] == '{"username":"catalog_app"}'
    assert secret["KmsKeyId"] == by_password.arn("Encryption/Key")
    for path, prefix in (("Processor", "DATABASE"), ("Database/Schema", "APPLICATION")):
        variables = by_password.properties(f"{path}/Function")["Environment"]["Variables"]
        assert variables[f"{prefix}_SECRET_ARN"] == by_password.ref("Database/Login/Secret")
        assert variables[f"{prefix}_AUTHENTICATION"] == "password"


def test_the_reader_reads_its_own_password_only(by_password: Template) -> None:
    action = "secretsmanager:GetSecretValue"
    own, other = (by_password.ref(f"Database/{name}/Secret") for name in ("ReaderLogin", "Login"))
    readable = resources(by_password, "Reader/ReadOnlyRole/DefaultPolicy", action)
    assert own in readable
    assert other not in readable
    assert own not in resources(by_password, "Processor/Role/DefaultPolicy", action)
    secret = by_password.properties("Database/ReaderLogin/Secret")
    assert secret["GenerateSecretString"]["SecretStringTemplate"] == (
        '{"username":"catalog_reader"}'
    )
    variables = by_password.properties("Database/Schema/Function")["Environment"]["Variables"]
    assert variables["READER_SECRET_ARN"] == own
    assert own in resources(by_password, "Database/Schema/Role/DefaultPolicy", action)


def test_without_a_reader_there_is_no_role_for_it(minimal: Template) -> None:
    assert not minimal.has("Database/ReaderLogin/Secret")
    variables = minimal.properties("Database/Schema/Function")["Environment"]["Variables"]
    assert not [name for name in variables if name.startswith("READER_")]


def test_iam_authentication_needs_no_password(template: Template) -> None:
    assert not template.has("Database/Login/Secret")


def test_without_tls_nothing_is_verified(minimal: Template) -> None:
    variables = minimal.properties("Processor/Function")["Environment"]["Variables"]
    assert variables["DATABASE_TLS"] == "disable"
    assert variables["DATABASE_AUTHORITIES"] == "rds"


def test_authentication_changes_no_data_store(tmp_path: Path) -> None:
    one, other = templates_of(
        tmp_path,
        a_manifest(environment={"name": "one"}),
        a_manifest(environment={"name": "other"}, database={"authentication": "password"}),
    )
    assert set(other.logical_ids) - set(one.logical_ids) >= {"Database/Login/Secret"}
    assert one.logical_ids["Database/Instance"] == other.logical_ids["Database/Instance"]
