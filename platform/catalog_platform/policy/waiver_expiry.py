"""Findings about the end of a waiver: announced to its owner, then an error where it matters."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping

from catalog_platform.findings import Finding, Location, Severity
from catalog_platform.plural import plural
from catalog_platform.policy.waiver_format import Waiver

EXPIRED = "waiver-expired"
SOON = "waiver-expires-soon"
# Days before the last day of a waiver from which it is a note, a warning, and an urgent warning.
NOTICE_DAYS, WARNING_DAYS, URGENT_DAYS = 30, 14, 7


def days_left(waiver: Waiver, today: datetime.date) -> int:
    """Return the days until the last day, on which the waiver is still valid; negative after it."""
    return (waiver.expires - today).days


def in_days(days: int) -> str:
    """Return when a waiver with these days left expires: `today`, `in 3 days`, `3 days ago`."""
    if days == 0:
        return "today"
    return f"in {plural(days, 'day')}" if days > 0 else f"{plural(-days, 'day')} ago"


def soon(waiver: Waiver, file: str, today: datetime.date) -> Iterator[Finding]:
    """Yield the announcement of a valid waiver's end, if it is near."""
    days = days_left(waiver, today)
    if days > NOTICE_DAYS:
        return
    message = f"the waiver {waiver.id} of {waiver.owner} expires on {waiver.expires}"
    message += f", {in_days(days)}"
    if days <= URGENT_DAYS:
        message += ": afterwards, what it covers is an error"
    severity = Severity.WARNING if days <= WARNING_DAYS else Severity.NOTE
    yield _finding(SOON, message, waiver, file, severity)


def expired(waiver: Waiver, file: str, concerned: Mapping[str, int]) -> Iterator[Finding]:
    """Yield an error for each environment that an expired waiver concerns, otherwise a warning.

    `concerned` has the number of violations that the waiver would cover by environment.
    """
    message = f"the waiver {waiver.id} of {waiver.owner} expired on {waiver.expires}"
    for name, number in concerned.items():
        what = f"no longer covers {plural(number, 'violation')} in {name}" if number else ""
        what = what or f"names {name}, where no violation needs it"
        yield _finding(EXPIRED, f"{message}; it {what}", waiver, file, Severity.ERROR, name)
    if not concerned:
        message += "; it concerns no environment of this scan"
        yield _finding(EXPIRED, message, waiver, file, Severity.WARNING)


def _finding(
    rule: str,
    message: str,
    waiver: Waiver,
    file: str,
    severity: Severity,
    environment: str = "",
) -> Finding:
    ticket = f" ({waiver.ticket})" if waiver.ticket else ""
    return Finding(
        rule=rule,
        message=message,
        location=Location(file, waiver.line),
        hint=f"fix the resource, or ask {waiver.owner} to review the reason and set a new date"
        + ticket,
        environment=environment,
        severity=severity,
    )
