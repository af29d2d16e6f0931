"""Add what an account says to the plan of an environment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from catalog_platform.plan import values
from catalog_platform.plan.environment import worst_of
from catalog_platform.plan.model import Account, Change, EnvironmentPlan, Note, Status
from catalog_platform.plan.verdict import Verdict, worst

STACK = "(stack)"
# The questions about what was changed outside of CloudFormation.
DRIFT = ("drift", "databases")


def with_account(
    plan: EnvironmentPlan,
    changes: Sequence[Change],
    account: Account,
    deployed: str,
    types: Mapping[str, str],
) -> EnvironmentPlan:
    """Return the plan with `changes` and the account's notes.

    `deployed` is a commit or empty; `types` has the type of each resource by its logical id.

    A note that is worse than a change's verdict counts for the change; one about a resource
    without a change becomes a change if it blocks. While a question is open, the environment is
    at least `at_risk`, and never `unchanged`.
    """
    rows = _raised(changes, account.notes, types)
    of_resources = [each for each in rows if each.resource != STACK]
    of_stack = [*plan.stack_changes, *(each for each in rows if each.resource == STACK)]
    is_open = any(not each.answered for each in account.answers)
    verdicts = [worst_of((*rows, *of_stack)), *([Verdict.AT_RISK] if is_open else [])]
    return msgspec.structs.replace(
        plan,
        status=_status(plan.status, is_open=is_open, is_changed=bool(rows)),
        verdict=worst(verdicts).value,
        deployed=deployed or msgspec.UNSET,
        stack_changes=of_stack,
        changes=of_resources,
        account=account,
    )


def _status(status: Status, *, is_open: bool, is_changed: bool) -> Status:
    if status != "unchanged":
        return status
    return "unknown" if is_open else "changed" if is_changed else "unchanged"


def _raised(
    changes: Iterable[Change], notes: Iterable[Note], types: Mapping[str, str]
) -> list[Change]:
    rows = {each.logical_id: each for each in changes}
    for note in notes:
        verdict = Verdict(note.verdict)
        if not verdict.blocks:
            continue
        row = rows.get(note.logical_id)
        rows[note.logical_id] = _new(note, types) if row is None else _with(row, note)
    return [*rows.values()]


def _with(row: Change, note: Note) -> Change:
    """Return a change with a note; its digest then depends on the note."""
    text = _text(note)
    is_drift = note.question in DRIFT and (not row.blocking or row.drift is True)
    found = max(Verdict(row.verdict), Verdict(note.verdict))
    return msgspec.structs.replace(
        row,
        verdict=found.value,
        blocking=found.blocks,
        explanation="; ".join(each for each in (row.explanation, text) if each),
        account=[*([] if row.account is msgspec.UNSET else row.account), text],
        drift=True if is_drift else msgspec.UNSET,
    )


def _new(note: Note, types: Mapping[str, str]) -> Change:
    return Change(
        resource=note.resource or STACK,
        logical_id=note.logical_id,
        type=types.get(note.logical_id, "") if note.logical_id else "stack",
        action="update",
        verdict=note.verdict,
        retained=False,
        group="",
        blocking=True,
        properties=[],
        because=[],
        via=[],
        explanation=_text(note),
        source="",
        account=[_text(note)],
        drift=True if note.question in DRIFT else msgspec.UNSET,
    )


def _text(note: Note) -> str:
    """Return the note on one line, with its values."""
    if note.property is msgspec.UNSET:
        return note.message
    return f"{note.property}: {values_of(note)}: {note.message}"


def values_of(note: Note) -> str:
    """Return the expected and the actual value of a note as text."""
    return f"{_value(note.expected)} in the template, {_value(note.actual)} in the account"


def _value(value: object) -> str:
    return "(unset)" if value is msgspec.UNSET else values.text(value) or '""'
