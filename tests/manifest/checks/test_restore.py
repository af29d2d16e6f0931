from __future__ import annotations

import pytest

from catalog_platform.manifest.checks import restore as rules
from support.models import violations

INSTANCE = "db-ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SNAPSHOT = "rds:catalog-prod-2026-11-26-03-05"
TIME = "2026-11-26T02:15:00Z"


@pytest.mark.parametrize(
    ("source", "time", "found"),
    [
        (None, None, []),
        (SNAPSHOT, None, []),
        ("db-before-the-migration", None, []),
        (INSTANCE, TIME, []),
        (INSTANCE, None, ["database.restore_from"]),
        (SNAPSHOT, TIME, ["database.restore_time"]),
        ("db-before-the-migration", TIME, ["database.restore_time"]),
        (None, TIME, ["database.restore_time"]),
    ],
)
def test_a_time_needs_an_instance_and_an_instance_a_time(
    source: str | None, time: str | None, found: list[str]
) -> None:
    database = {"restore_from": source, "restore_time": time}
    assert violations(rules.restore_time_belongs_to_an_instance, database=database) == found


@pytest.mark.parametrize(
    ("time", "found"),
    [
        (None, []),
        ("2028-02-29T23:59:59Z", []),
        ("2026-02-29T00:00:00Z", ["database.restore_time"]),
        ("2026-19-01T00:00:00Z", ["database.restore_time"]),
        ("2026-11-39T00:00:00Z", ["database.restore_time"]),
        ("2026-00-00T00:00:00Z", ["database.restore_time"]),
    ],
)
def test_a_time_is_in_the_calendar(time: str | None, found: list[str]) -> None:
    database = {"restore_from": INSTANCE, "restore_time": time}
    assert violations(rules.restore_time_exists, database=database) == found
