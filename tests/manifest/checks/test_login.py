from __future__ import annotations

import pytest

from catalog_platform.manifest.checks import login as rules
from support.models import a_manifest, violations

APPLICATION = "database.application_username"


@pytest.mark.parametrize("authentication", ["iam", "password"])
@pytest.mark.parametrize("tls", [True, False])
def test_only_a_token_without_tls_is_refused(authentication: str, tls: bool) -> None:
    database = {"authentication": authentication, "require_tls": tls}
    broken = violations(rules.iam_authentication_needs_tls, database=database)
    assert bool(broken) == (authentication == "iam" and not tls)


@pytest.mark.parametrize(
    ("application", "found"),
    [("catalog_app", []), ("catalogadmin", [APPLICATION])],
)
def test_the_application_has_a_name_of_its_own(application: str, found: list[str]) -> None:
    database = {"username": "catalogadmin", "application_username": application}
    assert violations(rules.application_is_not_the_owner, database=database) == found


@pytest.mark.parametrize(
    ("reader", "related"),
    [
        ("catalog_reader", []),
        ("catalogadmin", ["database.username"]),
        ("catalog_app", ["database.application_username"]),
    ],
)
def test_the_reader_has_a_role_that_cannot_write(reader: str, related: list[str]) -> None:
    database = {
        "username": "catalogadmin",
        "application_username": "catalog_app",
        "reader_username": reader,
    }
    found = list(rules.reader_has_its_own_role(a_manifest(database=database)))
    assert [each.related[0] for each in found] == related
    assert {each.path for each in found} <= {"database.reader_username"}


@pytest.mark.parametrize("tier", ["development", "staging", "production"])
@pytest.mark.parametrize("days", [None, 30])
@pytest.mark.parametrize("authentication", ["iam", "password"])
def test_passwords_are_rotated_outside_development(
    tier: str, days: int | None, authentication: str
) -> None:
    database = {"secret_rotation_days": days, "authentication": authentication}
    broken = violations(rules.passwords_are_rotated, database=database, environment={"tier": tier})
    assert bool(broken) == (tier != "development" and days is None)


@pytest.mark.parametrize(
    ("proxy", "port", "found"), [(True, 5432, False), (True, 5433, True), (False, 5433, False)]
)
def test_the_proxy_fixes_the_port(proxy: bool, port: int, found: bool) -> None:
    database = {"proxy": proxy, "port": port}
    assert bool(violations(rules.proxy_and_instance_share_the_port, database=database)) == found


@pytest.mark.parametrize(
    ("proxy", "zones", "found"), [(True, "ab", False), (True, "aa", True), (False, "aa", False)]
)
def test_the_proxy_needs_two_different_zones(proxy: bool, zones: str, found: bool) -> None:
    network = {"availability_zones": [f"eu-west-1{zone}" for zone in zones]}
    broken = violations(rules.proxy_has_two_zones, database={"proxy": proxy}, network=network)
    assert bool(broken) == found
