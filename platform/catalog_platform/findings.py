"""The one currency for trouble: a `Finding` says what is wrong, where, and what to do.

Manifest checks, policy scans and template validation all produce findings; every report
format renders them.
"""

from __future__ import annotations

import difflib
import enum
import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

MOST_CHOICES = 500


@enum.unique
class Severity(enum.Enum):
    """How bad a finding is. Only `ERROR` stops a command."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """Sort key: the worst severity comes first."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A place in a file a person wrote. `file` is relative to the repository; 1-based."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        """`file:line:column`, which terminals and editors turn into a link."""
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """The line that a finding is about, safe to print; `caret` is how many characters precede it.

    Of a long line, the part around the place.
    """

    line: str
    caret: int


class Sources(Protocol):
    """Where reports get what a finding does not carry: the line it is about, its rule's page."""

    def excerpt(self, place: Location) -> Excerpt | None:
        """Return the line at a place; None where there is no text to show."""
        ...

    def page(self, rule: str) -> str:
        """Return the page about a rule, relative to the repository; empty when it has none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that is wrong.

    `rule` is a stable identifier in kebab case (or a scanner's own id); `path` is the manifest
    key (`database.storage_gib`) or resource it concerns; `hint` is the likely fix.
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
        """By place, then by rule: the order in which a person would work through them."""
        where = self.location
        return (where.file, where.line, where.column, self.rule, self.message)


class Fresh:
    """Leaves out findings that were handed in before, in this call or an earlier one.

    A mistake in an inherited layer is found once per environment; it is one thing to mend, so
    repetitions that differ in nothing but the environment are folded into the first.
    """

    def __init__(self) -> None:
        self._seen: set[tuple[object, ...]] = set()

    def of(self, findings: Iterable[Finding]) -> tuple[Finding, ...]:
        """Those that are new, sorted by place."""
        new = []
        for finding in findings:
            key = (finding.sort_key, finding.path, finding.severity)
            if key not in self._seen:
                self._seen.add(key)
                new.append(finding)
        return tuple(sorted(new, key=lambda finding: finding.sort_key))


def ordered(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings sorted by place, each once: see `Fresh`."""
    return Fresh().of(findings)


def failed(findings: Iterable[Finding]) -> bool:
    """Whether any of the findings is an error."""
    return any(finding.severity is Severity.ERROR for finding in findings)


def suggestion(word: str, choices: Iterable[str]) -> str:
    """`did you mean 'x'?` for the choice nearest to a misspelt word, or an empty string.

    Nothing is suggested out of more choices than anybody has written by hand.
    """
    choices = tuple(itertools.islice(choices, MOST_CHOICES + 1))
    if len(choices) > MOST_CHOICES:
        return ""
    folded = {choice.lower(): choice for choice in choices}
    nearest = difflib.get_close_matches(word.lower(), folded, n=1, cutoff=0.6)
    return f"did you mean '{folded[nearest[0]]}'?" if nearest else ""
