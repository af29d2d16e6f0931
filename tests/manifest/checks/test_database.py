from __future__ import annotations

import pytest

from catalog_platform.manifest.checks import database as rules
from support.models import violations

ONE_ZONE = {"availability_zones": ["eu-west-1a", "eu-west-1a"]}


@pytest.mark.parametrize(("maximum", "found"), [(50, []), (49, ["database.maximum_storage_gib"])])
def test_storage_may_stay_the_same_but_not_shrink(maximum: int, found: list[str]) -> None:
    database = {"storage_gib": 50, "maximum_storage_gib": maximum}
    assert violations(rules.storage_can_grow, database=database) == found


@pytest.mark.parametrize(
    ("backup", "maintenance", "apart", "long"),
    [
        ("03:00-03:30", "mon:03:30-mon:04:00", True, True),
        ("03:00-03:31", "mon:03:30-mon:04:00", False, True),
        ("03:00-03:29", "mon:03:30-mon:04:00", True, False),
        ("03:00-03:30", "mon:03:30-mon:03:59", True, False),
    ],
)
def test_windows_are_apart_and_half_an_hour_long(
    backup: str, maintenance: str, apart: bool, long: bool
) -> None:
    database = {"backup_window": backup, "maintenance_window": maintenance}
    assert bool(violations(rules.database_windows_are_apart, database=database)) != apart
    assert bool(violations(rules.database_windows_are_long_enough, database=database)) != long


def test_a_zone_that_is_listed_twice_is_no_second_zone_for_a_standby() -> None:
    rule = rules.standby_has_a_zone
    assert violations(rule, database={"multi_az": True}) == []
    assert violations(rule, database={"multi_az": True}, network=ONE_ZONE) == ["database.multi_az"]
    assert violations(rule, database={"multi_az": False}, network=ONE_ZONE) == []


@pytest.mark.parametrize(
    ("replicas", "days", "found"), [(1, 0, True), (1, 1, False), (0, 0, False)]
)
def test_replicas_need_automatic_backups(replicas: int, days: int, found: bool) -> None:
    database = {"read_replicas": replicas, "backup_retention_days": days}
    assert bool(violations(rules.replicas_have_backups, database=database)) == found


@pytest.mark.parametrize(
    ("name", "reserved"),
    [
        ("postgres", True),
        ("rdsadmin", True),
        ("pg_monitor", True),
        ("rds_superuser", True),
        ("pgbouncer", False),
        ("catalogadmin", False),
        ("administrator", False),
    ],
)
def test_names_of_postgresql_and_rds_are_reserved(name: str, reserved: bool) -> None:
    assert rules.is_reserved_role(name) == reserved
    assert bool(violations(rules.username_is_free, database={"username": name})) == reserved
