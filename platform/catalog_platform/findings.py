"""Findings: every problem that the platform reports, with its location and a suggested fix.

Manifest checks, policy scans and template validation produce findings; the report formats render
them.
"""

from __future__ import annotations

import difflib
import enum
import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

MAXIMUM_CHOICES = 500


@enum.unique
class Severity(enum.Enum):
    """The severity of a finding. Only `ERROR` makes a command fail."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """Return the sort key: the most severe comes first."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A position in a source file, relative to the repository. Lines and columns are 1-based."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        """Return `file:line:column`, which terminals and editors turn into a link."""
        return f"{visible(self.file)}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The source line of a finding, safe to print; `caret` is the 0-based offset of its column.

    A long line is cut to the part around the column.
    """

    line: str
    caret: int


class Sources(Protocol):
    """Source lines of locations and documentation of rules, which reports add to findings."""

    def excerpt(self, location: Location) -> Excerpt | None:
        """Return the line at a location, or None if there is no text to show."""
        ...

    def rule_link(self, rule: str) -> str:
        """Return the link to a rule's documentation, relative to the repository, or ""."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One problem.

    `rule` is a stable identifier in kebab case (or an external scanner's id); `path` is the
    manifest key (`database.storage_gib`) or resource concerned; `hint` is the likely fix.
    """

    rule: str
    message: str
    location: Location
    path: str = ""
    hint: str = ""
    environment: str = ""
    severity: Severity = Severity.ERROR

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        """Return the sort key: by location, then by rule."""
        at = self.location
        return (at.file, at.line, at.column, self.rule, self.message)


class Deduplicator:
    """Remove findings that it has seen before, in the same call or an earlier one.

    An error in a shared file is found once per environment but needs one fix, so findings that
    differ only in the environment count as equal; the first is kept.
    """

    def __init__(self) -> None:
        self._seen: set[tuple[object, ...]] = set()

    def new(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Return the findings not seen before, sorted by location."""
        unseen = []
        for finding in findings:
            key = (finding.sort_key, finding.path, finding.severity)
            if key not in self._seen:
                self._seen.add(key)
                unseen.append(finding)
        return tuple(sorted(unseen, key=lambda finding: finding.sort_key))


def sort_unique(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings sorted by location, without duplicates (see `Deduplicator`)."""
    return Deduplicator().new(findings)


def has_errors(findings: Iterable[Finding]) -> bool:
    """Return whether any of the findings is an error."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def visible(text: str) -> str:
    """Return a text on one line, with invisible characters escaped as in Python.

    Otherwise a text from a manifest could control the terminal, or print lines that look like
    findings or like commands of a CI system.
    """
    if text.isprintable():
        return text
    return "".join(
        each if each.isprintable() else each.encode("unicode_escape").decode() for each in text
    )


def suggestion(word: str, choices: Iterable[str]) -> str:
    """Return `did you mean 'x'?` for the choice most similar to `word`, or an empty string.

    With more than `MAXIMUM_CHOICES` choices nothing is suggested: comparing them would be slow.
    """
    choices = tuple(itertools.islice(choices, MAXIMUM_CHOICES + 1))
    if len(choices) > MAXIMUM_CHOICES:
        return ""
    folded = {choice.lower(): choice for choice in choices}
    nearest = difflib.get_close_matches(word.lower(), folded, n=1, cutoff=0.6)
    return f"did you mean '{folded[nearest[0]]}'?" if nearest else ""
