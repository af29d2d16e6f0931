from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_platform.manifest.checks import database as rules
from catalog_platform.model import Manifest
from support.models import a_manifest, violations

ONE_ZONE = {"availability_zones": ["eu-west-1a", "eu-west-1a"]}
GIB = st.integers(min_value=20, max_value=rules.LARGEST_STORAGE_GIB)


@given(storage=GIB, maximum=GIB)
def test_storage_can_grow_by_ten_percent_and_the_hint_is_accepted(
    storage: int, maximum: int
) -> None:
    found = list(rules.storage_can_grow(_manifest(storage, maximum)))
    assert bool(found) == (maximum * 10 < storage * 11)
    for problem in found:
        number = int(re.findall(r"[0-9]+", problem.hint)[0])
        largest = rules.LARGEST_STORAGE_GIB
        fixed = (storage, number) if "set it" in problem.hint else (number, largest)
        assert list(rules.storage_can_grow(_manifest(*fixed))) == []


def _manifest(storage: int, maximum: int) -> Manifest:
    return a_manifest(database={"storage_gib": storage, "maximum_storage_gib": maximum})


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
    assert bool(violations(rules.database_windows_do_not_overlap, database=database)) != apart
    assert bool(violations(rules.database_windows_are_long_enough, database=database)) != long


def test_a_zone_that_is_listed_twice_is_no_second_zone_for_a_standby() -> None:
    rule = rules.multi_az_has_two_zones
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
    ("storage", "below", "severity", "warned"),
    [
        (20, 1, "critical", False),
        (20, 2, "critical", True),
        (20, 5, "warning", True),
        (20, 5, "off", False),
        (100, 9, "critical", False),
        (100, 10, "critical", True),
    ],
)
def test_the_free_storage_alarm_leaves_autoscaling_its_turn(
    storage: int, below: int, severity: str, warned: bool
) -> None:
    manifest = a_manifest(
        database={"storage_gib": storage, "maximum_storage_gib": 1000},
        alarms={"database_free_storage": {"below_gib": below, "severity": severity}},
    )
    found = list(rules.free_storage_alarm_follows_autoscaling(manifest))
    assert [each.severity.value for each in found] == (["warning"] if warned else [])
    assert all("set it to" in each.hint for each in found)
