from __future__ import annotations

import pytest

from catalog_platform.manifest.checks import database_names as rules
from support.models import a_manifest, violations


@pytest.mark.parametrize(
    ("name", "by"),
    [
        ("user", "PostgreSQL"),
        ("pg_monitor", "PostgreSQL"),
        ("public", "PostgreSQL"),
        ("postgres", "RDS"),
        ("rdsadmin", "RDS"),
        ("rds_superuser", "RDS"),
        ("pgbouncer", ""),
        ("catalogadmin", ""),
        ("administrator", ""),
    ],
)
def test_neither_user_has_a_name_that_postgresql_or_rds_reserves(name: str, by: str) -> None:
    for rule, key in (
        (rules.username_is_not_reserved, "username"),
        (rules.application_username_is_not_reserved, "application_username"),
        (rules.reader_username_is_not_reserved, "reader_username"),
    ):
        problems = list(rule(a_manifest(database={key: name})))
        assert [each.path for each in problems] == [f"database.{key}"] * bool(by)
        assert all(f"that {by} reserves" in each.message for each in problems)


@pytest.mark.parametrize(
    ("name", "refused"),
    [
        ("order", True),
        ("template1", True),
        ("postgres", True),
        ("rdsadmin", True),
        ("none", False),
        ("pg_catalog2", False),
        ("catalog", False),
    ],
)
def test_the_database_has_a_name_that_can_be_created(name: str, refused: bool) -> None:
    found = violations(rules.database_name_is_not_reserved, database={"name": name})
    assert found == ["database.name"] * refused
