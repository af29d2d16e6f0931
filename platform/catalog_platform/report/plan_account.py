"""What an account says about an environment, as text and as Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import UNSET

from catalog_platform.plan.account.environment import values_of
from catalog_platform.plan.model import Account, Answer, EnvironmentPlan, Note
from catalog_platform.plan.verdict import Verdict
from catalog_platform.plural import plural
from catalog_platform.report.markup import code, escaped

# More notes are counted only; the JSON has all.
NOTES = 20
WIDTH = 400


def text(environment: EnvironmentPlan) -> Iterator[str]:
    """Yield the lines of an environment's account; none when it was not asked."""
    account = environment.account
    if account is UNSET:
        return
    yield f"  {_head(account)}"
    for answer in account.answers:
        yield f"    {answer.question.replace('_', ' ')}: {_answer(answer)}"
        if answer.hint is not UNSET:
            yield f"      hint: {answer.hint}"
    notes, more = _shown(account)
    for note in notes:
        yield f"    {note.resource}: {_short(_note(note))}"
    if more:
        yield f"    {more}"


def markdown(environment: EnvironmentPlan) -> str:
    """Return the list of an environment's account; empty when it was not asked."""
    account = environment.account
    if account is UNSET:
        return ""
    lines = [f"**{escaped(_head(account))}**", ""]
    for answer in account.answers:
        name = answer.question.replace("_", " ")
        shown = escaped(_answer(answer))
        hint = "" if answer.hint is UNSET else f"<br>hint: {escaped(answer.hint)}"
        lines.append(f"- {name}: {shown if answer.answered else f'**{shown}**'}{hint}")
    notes, more = _shown(account)
    lines += [f"- {code(note.resource)}: {escaped(_short(_note(note)))}" for note in notes]
    if more:
        lines.append(f"- {more}")
    return "\n".join(lines) + "\n\n"


def _head(account: Account) -> str:
    status = "no stack" if account.stack_status is UNSET else account.stack_status
    return f"against account {account.account} ({account.region}), stack {account.stack}: {status}"


def _answer(answer: Answer) -> str:
    return _short(answer.message if answer.answered else f"NOT ANSWERED: {answer.message}")


def _note(note: Note) -> str:
    if note.property is UNSET:
        return note.message
    return f"{note.property}: {values_of(note)}: {note.message}"


def _shown(account: Account) -> tuple[list[Note], str]:
    """Return the first notes, and how many are left out; those that block are changes already."""
    found = [each for each in account.notes if not Verdict(each.verdict).blocks]
    left = len(found) - NOTES
    return found[:NOTES], plural(left, "more note") if left > 0 else ""


def _short(line: str) -> str:
    return line if len(line) <= WIDTH else f"{line[: WIDTH - 1]}…"
