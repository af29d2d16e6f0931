"""The schema migrator."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.errors import PlatformError
from catalog_platform.infra.schema_migration import schema_digest
from support.bundles import stub_files, write_bundle
from support.synthesis import Template

pytestmark = pytest.mark.synth

FOLDER = "schema_migrator/migrations"
RIGHTS = ("schema_migrator/access.sql", "schema_migrator/reader_access.sql")


def digest_of(folder: Path, files: dict[str, str]) -> str:
    """Return the digest of a bundle with these files."""
    return schema_digest(write_bundle(folder / "bundle.zip", files))


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
    files = stub_files("schema_migrator")
    seen = {digest_of(tmp_path, files)}
    statements = files.pop(f"{FOLDER}/0001_stub.sql")
    seen.add(digest_of(tmp_path, files | {f"{FOLDER}/0001_stub.sql": "SELECT 2;\n"}))
    files[f"{FOLDER}/0001_renamed.sql"] = statements
    seen.add(digest_of(tmp_path, files))
    for name in (f"{FOLDER}/0002_more.sql", *RIGHTS):
        files[name] = f"SELECT '{name}';\n"
        seen.add(digest_of(tmp_path, files))
    assert len(seen) == 6


def test_the_digest_ignores_other_files(tmp_path: Path) -> None:
    files = stub_files("schema_migrator")
    before = digest_of(tmp_path, files)
    files["schema_migrator/handler.py"] = "changed = True\n"
    files[f"{FOLDER}/README.md"] = files[f"{FOLDER}/older/0001_first.sql"] = "SELECT 1;\n"
    files["other/migrations/0001_first.sql"] = "SELECT 1;\n"
    assert digest_of(tmp_path, files) == before


def test_a_bundle_without_migrations_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PlatformError, match=r"access\.sql is missing"):
        digest_of(tmp_path, dict.fromkeys(RIGHTS, "SELECT 2;\n"))


@pytest.mark.parametrize("rights", RIGHTS)
def test_a_bundle_without_the_rights_of_a_role_is_refused(tmp_path: Path, rights: str) -> None:
    files = stub_files("schema_migrator")
    del files[rights]
    with pytest.raises(PlatformError, match=r"access\.sql is missing"):
        digest_of(tmp_path, files)


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
