"""Parsing of `occurred_at`, and which times are plausible."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
# No later event could replace one from further in the future.
CLOCK_TOLERANCE = timedelta(hours=24)

# Years 0001 to 9999, and those of them that have a 29th of February.
_YEAR = r"(?:[0-9]{3}[1-9]|[0-9]{2}[1-9][0-9]|[0-9][1-9][0-9]{2}|[1-9][0-9]{3})"
_LEAP_YEAR = r"(?:[0-9]{2}(?:0[48]|[2468][048]|[13579][26])|(?:0[48]|[2468][048]|[13579][26])00)"
_DAY_OF_MONTH = (
    r"(?:(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
    r"|(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
    r"|02-(?:0[1-9]|1[0-9]|2[0-8]))"
)
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
# The date-time of RFC 3339 without leap seconds, and no finer than nanoseconds. Written without
# look-ahead, which some implementations of JSON Schema do not have.
# https://www.rfc-editor.org/rfc/rfc3339#section-5.6
PATTERN = (
    rf"\A(?:{_YEAR}-{_DAY_OF_MONTH}|{_LEAP_YEAR}-02-29)"
    rf"[Tt]{_CLOCK}:[0-5][0-9](?:\.[0-9]{{1,9}})?(?:[Zz]|[+-]{_CLOCK})\Z"
)


def utc(text: str) -> datetime:
    """Return the time in UTC of a text that matches `PATTERN`.

    Fractions are truncated to six digits: after rounding, the time would differ from the one that
    a producer with microsecond precision sends when it repeats the event. UTC, because PostgreSQL
    accepts offsets up to 15:59 only. Raises `OverflowError` when the year in UTC is not 1 to 9999.
    """
    found = datetime.fromisoformat(text.upper())
    return found if found.tzinfo is UTC else found.astimezone(UTC)


def is_plausible(occurred_at: datetime, arrived_at: datetime) -> bool:
    """Return whether an event of this time may have arrived at that time."""
    return occurred_at >= EARLIEST and (
        occurred_at <= arrived_at or occurred_at - CLOCK_TOLERANCE <= arrived_at
    )
