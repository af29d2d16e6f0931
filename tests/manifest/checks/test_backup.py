from __future__ import annotations

from typing import Any

import pytest

from catalog_platform.manifest.checks import backup as rules
from support.models import violations

WINDOWS = {"backup_window": "04:00-05:00", "maintenance_window": "sun:10:00-sun:11:00"}


@pytest.mark.parametrize(
    ("backup", "found"),
    [
        ({"enabled": True, "retention_days": 7}, False),
        ({"enabled": True, "retention_days": 6}, True),
        ({"enabled": False, "retention_days": 6}, False),
    ],
)
def test_copies_are_kept_as_long_as_the_automatic_backups(
    backup: dict[str, Any], found: bool
) -> None:
    rule = rules.copies_outlive_automatic_backups
    assert bool(violations(rule, backup=backup, database={"backup_retention_days": 7})) == found


@pytest.mark.parametrize(
    ("at", "found"),
    [
        ("02:00", 0),  # starts by 03:00, an hour before the backup window
        ("02:01", 1),
        ("05:59", 1),
        ("06:00", 0),
        ("09:00", 1),  # on Sundays
        ("12:00", 0),
    ],
)
def test_a_backup_starts_an_hour_away_from_both_windows(at: str, found: int) -> None:
    rule, backup = rules.backups_avoid_database_windows, {"enabled": True, "daily_at": at}
    assert violations(rule, backup=backup, database=WINDOWS) == ["backup.daily_at"] * found
    disabled = {**backup, "enabled": False}
    assert violations(rule, backup=disabled, database=WINDOWS) == []
