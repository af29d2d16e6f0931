"""Daily and weekly windows of RDS and ElastiCache, all in UTC."""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.manifest.checks.rule import RuleViolation

DAY = 24 * 60
WEEK = 7 * DAY
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def minute(moment: str) -> int:
    """Return minutes since the start of the day (`03:00`) or week (`mon:04:30`)."""
    *day, hours, minutes = moment.split(":")
    return (DAYS.index(day[0]) * DAY if day else 0) + int(hours) * 60 + int(minutes)


def span(window: str) -> tuple[int, int]:
    """Return first minute and length; a window may cross midnight or the end of the week."""
    start, end = (minute(moment) for moment in window.split("-"))
    return start, (end - start) % (WEEK if window[0].isalpha() else DAY)


def overlap(daily: str, weekly: str) -> bool:
    """Return whether a daily and a weekly window share a minute on any day."""
    start, length = span(daily)
    first, lasting = span(weekly)
    return any(
        (first - (day * DAY + start)) % WEEK < length
        or (day * DAY + start - first) % WEEK < lasting
        for day in range(7)
    )


def around(moment: str, before: int, after: int) -> str:
    """Return the daily window from `before` to `after` minutes around a time of day."""
    ends = (minute(moment) - before, minute(moment) + after)
    return "-".join(f"{end % DAY // 60:02}:{end % 60:02}" for end in ends)


def weekly(window: str) -> str:
    """Return a weekly window unchanged, and a daily window as the one on Monday."""
    if window[0].isalpha():
        return window
    start, end = window.split("-")
    return f"mon:{start}-{'mon' if start <= end else 'tue'}:{end}"


def apart(daily_path: str, daily: str, weekly_path: str, weekly: str) -> Iterator[RuleViolation]:
    """Yield a violation if the two windows overlap, which AWS refuses."""
    if overlap(daily, weekly):
        yield RuleViolation(
            daily_path,
            f"{daily} overlaps {weekly_path}, which is {weekly}",
            "move one of them; both are in UTC",
            (weekly_path,),
        )


def long_enough(path: str, window: str, least: int) -> Iterator[RuleViolation]:
    """Yield a violation if a window is shorter than `least` minutes."""
    length = span(window)[1]
    if length < least:
        yield RuleViolation(
            path,
            f"{window} lasts {length} minutes, but AWS requires at least {least}",
            "choose a later end",
        )
