"""The answers of an account about one stack, and the notes that follow from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from msgspec import UNSET

from catalog_platform.plan.account.redaction import readable
from catalog_platform.plan.model import Change, Note, Question
from catalog_platform.plan.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Expected:
    """What the templates say: the rows by logical id, and the construct path of each resource."""

    rows: Mapping[str, Change]
    paths: Mapping[str, str]

    @classmethod
    def of(cls, changes: Iterable[Change], *paths: Mapping[str, str]) -> Expected:
        """Index the changes; a later mapping of paths has precedence."""
        merged: dict[str, str] = {}
        for each in paths:
            merged |= each
        return cls({each.logical_id: each for each in changes}, merged)

    def note(
        self, question: Question, logical_id: str, verdict: Verdict, message: str, **values: Any
    ) -> Note:
        """Return a note about a resource; see `value_note` for one about a property."""
        return Note(
            question=question,
            resource=self.paths.get(logical_id, logical_id),
            logical_id=logical_id,
            verdict=verdict.value,
            message=message,
            **values,
        )

    def value_note(
        self,
        question: Question,
        logical_id: str,
        verdict: Verdict,
        message: str,
        name: str,
        expected: Any,
        actual: Any,
    ) -> Note:
        """Return a note about a property; `UNSET` is a value that one side doesn't have."""
        (before, first), (now, second) = (readable(name, each) for each in (expected, actual))
        return self.note(
            question,
            logical_id,
            verdict,
            message,
            property=name,
            expected=before,
            actual=now,
            redacted=True if first or second else UNSET,
        )
