"""The schema migrator."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.errors import PlatformError
from catalog_platform.infra.schema_migration import schema_digest
from support.synthesis import Template, stub_bundles

pytestmark = pytest.mark.synth


def test_cloudformation_invokes_the_migrator_with_a_timeout(
    template: Template,
) -> None:
    resource = template.properties("Database/Schema/Migrations")
    assert resource["ServiceToken"] == template.arn("Database/Schema/Function")
    assert resource["ServiceTimeout"] == "300"
    assert template.properties("Database/Schema/Function")["Timeout"] < 300


def test_migrations_run_serially_after_the_database_is_reachable(
    template: Template,
) -> None:
    function = template.properties("Database/Schema/Function")
    assert function["ReservedConcurrentExecutions"] == 1
    waits_for = template.resource("Database/Schema/Migrations")["DependsOn"]
    for path in (
        "Network/SchemaToDatabaseIngress",
        "Network/SchemaToDatabaseEgress",
        "Network/Vpc/StorageEndpoint",
        "Network/Vpc/SecretsmanagerEndpoint",
    ):
        assert template.logical_ids[path] in waits_for, path


def test_the_migrator_can_read_only_its_secret(template: Template) -> None:
    actions = template.actions("Database/Schema/Role/DefaultPolicy")
    services = {action.partition(":")[0] for action in actions}
    assert services == {"ec2", "kms", "logs", "secretsmanager", "xray"}
    reads = [
        statement["Resource"]
        for statement in template.statements("Database/Schema/Role/DefaultPolicy")
        if statement["Action"] == "secretsmanager:GetSecretValue"
    ]
    assert reads == [template.ref("Database/Secret/Attachment")]


def test_the_digest_changes_with_content_name_and_number_of_migrations(tmp_path: Path) -> None:
    code = stub_bundles(tmp_path).schema_migrator
    folder = code / "schema_migrator" / "migrations"
    seen = {schema_digest(code)}
    (folder / "0001_stub.sql").write_text("SELECT 2;\n")
    seen.add(schema_digest(code))
    (folder / "0001_stub.sql").rename(folder / "0001_renamed.sql")
    seen.add(schema_digest(code))
    (folder / "0002_more.sql").write_text("SELECT 3;\n")
    seen.add(schema_digest(code))
    (folder.parent / "access.sql").write_text("SELECT 4;\n")
    seen.add(schema_digest(code))
    (folder.parent / "reader_access.sql").write_text("SELECT 5;\n")
    seen.add(schema_digest(code))
    assert len(seen) == 6


def test_the_digest_ignores_other_files(tmp_path: Path) -> None:
    code = stub_bundles(tmp_path).schema_migrator
    before = schema_digest(code)
    (code / "schema_migrator" / "handler.py").write_text("changed = True\n")
    assert schema_digest(code) == before


def test_a_bundle_without_migrations_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlatformError, match=r"access\.sql is missing"):
        schema_digest(tmp_path)


@pytest.mark.parametrize("rights", ["access.sql", "reader_access.sql"])
def test_a_bundle_without_the_rights_of_a_role_is_refused(tmp_path: Path, rights: str) -> None:
    code = stub_bundles(tmp_path).schema_migrator
    (code / "schema_migrator" / rights).unlink()
    with pytest.raises(PlatformError, match=r"access\.sql is missing"):
        schema_digest(code)


def test_a_changed_role_or_authentication_runs_the_migrator_again(
    template: Template, minimal: Template
) -> None:
    assert template.properties("Database/Schema/Migrations")["Application"] == "catalog_app by iam"
    assert (
        minimal.properties("Database/Schema/Migrations")["Application"] == "catalog_app by password"
    )
    assert template.properties("Database/Schema/Migrations")["Reader"] == "catalog_reader by iam"
    assert "Reader" not in minimal.properties("Database/Schema/Migrations")


def test_a_replaced_database_runs_the_migrator_again(
    template: Template,
) -> None:
    """https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DBInstance.html: the resource
    identifier is unique and never changes, while a new instance may take the old one's name."""
    identity = {"Fn::GetAtt": [template.logical_ids["Database/Instance"], "DbiResourceId"]}
    assert template.properties("Database/Schema/Migrations")["Database"] == identity


def test_the_migrator_logs_in_as_the_owner_without_the_proxy(template: Template) -> None:
    variables = template.properties("Database/Schema/Function")["Environment"]["Variables"]
    assert variables["DATABASE_HOST"] == {
        "Fn::GetAtt": [template.logical_ids["Database/Instance"], "Endpoint.Address"]
    }
    assert variables["DATABASE_AUTHENTICATION"] == "password"
    assert variables["DATABASE_USERNAME"] == "catalogadmin"
    assert variables["DATABASE_SECRET_ARN"] == template.ref("Database/Secret/Attachment")
