"""The data files equal what cfn-lint, botocore, PostgreSQL and the functions have."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
from typing import Any

import psycopg
import pytest
from psycopg import sql

from catalog_platform.manifest.aws import data
from catalog_platform.manifest.checks.database_names import (
    TEMPLATES,
    refused_as_database,
    refused_as_role,
)
from support import aws_data, servers

GENERATORS = {
    "regions": aws_data.regions,
    "rds_certificates": aws_data.rds_certificates,
    "rds_types": aws_data.rds_types,
    "elasticache_types": aws_data.elasticache_types,
    "versions": aws_data.versions,
}
BEFORE_CHECKS = (
    "import sys, time; from pathlib import Path; from catalog_platform.manifest import Manifests;"
    "from catalog_platform.workspace import Workspace;"
    "Manifests(Workspace(Path('tests/manifests'))).check([]);"
    "print([n for n in ('boto3', 'botocore', 'cfnlint', 'checkov', 'aws_cdk') if n in sys.modules])"
)


@pytest.fixture(scope="module")
def connection():
    with servers.postgres_server() as server, servers.connect(server) as connection:
        yield connection


def compare(name: str, generated: dict[str, Any], golden: bool) -> None:
    """Compare a file with generated content; with `--golden`, rewrite it if it differs."""
    file = data.FOLDER / f"{name}.json"
    stored = json.loads(file.read_text()) if file.exists() else {}
    date = stored.pop("as_of", None)
    if golden and generated != stored:
        today = datetime.datetime.now(datetime.UTC).date().isoformat()
        file.write_text(json.dumps({"as_of": today, **generated}, indent=1) + "\n")
        return
    assert generated == stored, "run `pytest --golden tests/manifest/aws` and review the diff"
    assert datetime.date.fromisoformat(str(date))


@pytest.mark.parametrize("name", GENERATORS)
def test_a_file_equals_what_the_installed_packages_publish(name: str, golden: bool) -> None:
    compare(name, GENERATORS[name](), golden)


def test_the_keywords_are_those_of_the_server(connection, golden: bool) -> None:
    compare("postgresql_keywords", aws_data.postgresql_keywords(connection), golden)


def test_every_region_of_botocore_is_known() -> None:
    for name, partition in aws_data.botocore_partitions().items():
        for region in partition["regions"]:
            if not region.endswith("-global"):
                assert data.partitions().get(region) == name, region


def test_the_types_of_a_region_are_those_of_cfn_lint() -> None:
    listed = aws_data.extension("aws_elasticache_cachecluster/cachenodetype_enum")
    for region in ("eu-west-1", "ap-southeast-6", "cn-north-1"):
        names = {f"cache.{name}" for name in data.offered("elasticache", region)}
        assert names == set(listed[region]["enum"])
    assert "r6g.large" in data.offered("rds", "eu-west-1")
    assert data.offered("rds", "us-iso-east-1") > data.offered("rds", "me-central-1")


def test_the_server_refuses_the_role_names_that_are_reserved(connection) -> None:
    words = dict(connection.execute("SELECT word, catcode FROM pg_get_keywords()").fetchall())
    words |= {"public": "", "pg_mine": "", "catalog_app": ""}
    reserved = {word for word in words if refused_as_role(word)}
    refused = {word for word in words if is_refused(connection, f"CREATE ROLE {word}")}
    # PostgreSQL's manual calls these reserved too, and RDS accepts no reserved word.
    assert reserved - refused == {word for word, code in words.items() if code == "T"}
    assert refused <= reserved


def test_the_server_refuses_exactly_the_database_names_that_are_reserved(connection) -> None:
    words = [word for (word,) in connection.execute("SELECT word FROM pg_get_keywords()")]
    for word in (*words, "template0", "template1"):
        # ALTER parses the name like CREATE, without copying a template for each word.
        refused = is_refused(connection, f"ALTER DATABASE {word} CONNECTION LIMIT 5")
        assert refused_as_database(word) == (refused or word in TEMPLATES), word


def is_refused(connection: psycopg.Connection[Any], statement: str) -> bool:
    """Return whether the server refuses a statement for its name; its effect is undone."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(sql.SQL(statement))
    except (psycopg.errors.SyntaxError, psycopg.errors.ReservedName):
        return True
    except psycopg.errors.InvalidCatalogName:
        return False
    return False


def test_checking_manifests_imports_none_of_the_sources() -> None:
    command = [sys.executable, "-c", BEFORE_CHECKS]
    finished = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert finished.stdout.strip() == "[]"
