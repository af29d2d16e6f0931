from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from inventory_processor import times

DAYS = ((1, 0), (1, 31), (2, 28), (2, 29), (2, 30), (4, 30), (4, 31), (12, 31), (12, 32), (13, 1))


def exists(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def test_the_pattern_has_the_days_that_the_calendar_has() -> None:
    for year in range(10_000):
        for month, day in DAYS:
            text = f"{year:04}-{month:02}-{day:02}T00:00:00Z"
            assert bool(re.search(times.PATTERN, text)) == exists(text), text


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05"),
        ("2026-01-02t03:04:05.25z", "2026-01-02T03:04:05.250000"),
        ("2026-01-02T03:04:05+16:00", "2026-01-01T11:04:05"),
        ("2026-01-02T03:04:05-23:59", "2026-01-03T03:03:05"),
        ("2026-01-02T03:04:05.123456789-00:00", "2026-01-02T03:04:05.123456"),
        ("2026-01-02T03:04:05.999999999Z", "2026-01-02T03:04:05.999999"),
    ],
)
def test_a_time_is_in_utc_and_no_finer_than_microseconds(text: str, utc: str) -> None:
    assert re.search(times.PATTERN, text)
    assert times.utc(text) == datetime.fromisoformat(utc).replace(tzinfo=UTC)
    assert times.utc(text).tzinfo is UTC


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00+00:01", "9999-12-31T23:59:00-00:01"])
def test_a_time_that_is_outside_of_all_years_in_utc_overflows(text: str) -> None:
    assert re.search(times.PATTERN, text)
    with pytest.raises(OverflowError):
        times.utc(text)


def test_plausible_is_from_1970_until_a_day_after_the_arrival() -> None:
    arrived = datetime(9999, 12, 31, 12, tzinfo=UTC)

    assert times.is_plausible(datetime(1970, 1, 1, tzinfo=UTC), arrived)
    assert not times.is_plausible(datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC), arrived)
    assert times.is_plausible(datetime(9999, 12, 31, 23, 59, tzinfo=UTC), arrived)
    assert times.is_plausible(datetime(2026, 1, 2, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC))
    assert not times.is_plausible(
        datetime(2026, 1, 2, 0, 0, 0, 1, UTC), datetime(2026, 1, 1, tzinfo=UTC)
    )
