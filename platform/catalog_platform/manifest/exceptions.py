"""Exceptions to production rules, declared in an environment's own file."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import replace

from catalog_platform.findings import Finding, Severity, suggestion
from catalog_platform.manifest.checks import production, tier
from catalog_platform.manifest.checks.rule import rule_id
from catalog_platform.manifest.directives import FileDirectives
from catalog_platform.model import RuleException

LONGEST_DAYS = 400
ALLOWED = frozenset(rule_id(rule) for rule in (*tier.RULES, *production.RULES))


def apply(
    found: Iterable[Finding], directives: FileDirectives, today: datetime.date
) -> Iterator[Finding]:
    """Yield the findings, those with a valid exception as notes, and errors of the exceptions."""
    declared = directives.values.exceptions
    faults = {each: _fault(each, today) for each in declared}
    used: set[RuleException] = set()
    for finding in found:
        match = next((each for each in declared if _covers(each, finding)), None)
        if match is None or faults[match]:
            yield finding
            used.update(() if match is None else (match,))
            continue
        used.add(match)
        yield replace(
            finding,
            severity=Severity.NOTE,
            message=f"{finding.message}; accepted until {match.expires} by {match.owner}: "
            f"{' '.join(match.reason.split())}",
            hint="",
        )
    for index, each in enumerate(declared):
        fault, hint = faults[each] or ("", "")
        if not fault and each not in used:
            fault = f"{each.key} does not break {each.rule}"
            hint = "remove the exception"
        if each in declared[:index]:
            fault, hint = f"{each.rule} already has an exception for {each.key}", "remove one"
        if fault:
            yield Finding(
                rule="exception",
                message=fault,
                location=directives.location_of(("exceptions", index)),
                path=f"exceptions[{index}]",
                hint=hint,
            )


def _covers(exception: RuleException, finding: Finding) -> bool:
    return (exception.rule, exception.key) == (finding.rule, finding.path)


def _fault(exception: RuleException, today: datetime.date) -> tuple[str, str] | None:
    """Return what is wrong with an exception and the fix, or None."""
    if exception.rule not in ALLOWED:
        near = suggestion(exception.rule, ALLOWED)
        listed = f"rules that allow exceptions: {', '.join(sorted(ALLOWED))}"
        return f"the rule {exception.rule} allows no exceptions", f"{near} {listed}".strip()
    try:
        expires = datetime.date.fromisoformat(exception.expires)
    except ValueError:
        return f"expires: {exception.expires} is not a date", "write a date such as 2030-12-31"
    if expires < today:
        return (
            f"the exception to {exception.rule} expired on {exception.expires}",
            f"satisfy the rule, or have {exception.owner} review the reason and set a new date",
        )
    if (expires - today).days > LONGEST_DAYS:
        latest = today + datetime.timedelta(days=LONGEST_DAYS)
        return (
            f"expires: {exception.expires} is more than {LONGEST_DAYS} days ahead",
            f"set it to {latest} or earlier",
        )
    return None
