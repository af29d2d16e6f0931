from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_platform.manifest.checks import window

minutes = st.integers(0, window.WEEK - 1)


def clock(minute: int) -> str:
    return f"{minute // 60 % 24:02}:{minute % 60:02}"


def moment(minute: int) -> str:
    return f"{window.DAYS[minute // window.DAY]}:{clock(minute)}"


@pytest.mark.parametrize(
    ("daily", "weekly", "overlaps"),
    [
        ("03:00-04:00", "mon:04:00-mon:05:00", False),
        ("03:00-04:01", "mon:04:00-mon:05:00", True),
        ("23:30-00:30", "tue:00:29-tue:01:00", True),
        ("23:30-00:30", "sun:23:00-sun:23:30", False),
        ("00:00-01:00", "sun:23:30-mon:00:30", True),
        ("12:00-13:00", "mon:11:00-tue:11:00", True),
    ],
)
def test_windows_overlap_when_they_share_a_minute(daily, weekly, overlaps):
    assert window.overlap(daily, weekly) is overlaps


@given(minutes, st.integers(1, 1439), minutes, st.integers(1, window.WEEK - 1))
def test_overlap_agrees_with_counting_minutes(start, length, first, lasting):
    daily = f"{clock(start)}-{clock(start + length)}"
    weekly = f"{moment(first)}-{moment((first + lasting) % window.WEEK)}"
    of_the_day = {(start + n) % window.DAY for n in range(length)}
    of_the_week = {(first + n) % window.DAY for n in range(min(lasting, window.DAY))}
    assert window.overlap(daily, weekly) is not of_the_day.isdisjoint(of_the_week)


def test_the_time_around_a_moment_may_pass_midnight() -> None:
    assert window.around("01:00", 60, 120) == "00:00-03:00"
    assert window.around("00:30", 60, 120) == "23:30-02:30"


def test_a_daily_window_is_the_same_on_every_day() -> None:
    assert window.weekly("03:00-04:00") == "mon:03:00-mon:04:00"
    assert window.weekly("23:30-00:30") == "mon:23:30-tue:00:30"
    assert window.weekly("sun:03:00-sun:04:00") == "sun:03:00-sun:04:00"
