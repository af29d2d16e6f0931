"""Writes `docs/policy-coverage.md`: which policies catch each planted weakness, and why not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from support.weakness_study import OURS, Outcome
from support.weaknesses import Weakness

REASONS = Path(__file__).parents[1] / "policies" / "uncaught.yaml"
PAGE = """\
# Policy coverage

<!-- `pytest --golden tests/policies/test_weaknesses.py` writes this page. -->

The study plants weaknesses, one at a time, in the template of a production environment of the
test suite: a property that carries security, durability or recoverability is removed, weakened or
opened, or a resource is removed or added. `catalogctl scan` checks the template, with the waivers
and the severities of production. Weaknesses of resources that have nothing to do with each other
share a scan; a sample is scanned one by one, with the same results.

`tests/policies/weaknesses/` lists the weaknesses. A test fails when a property of the template has
neither a weakness nor an entry in `tests/policies/neutral.yaml`.

- **Caught by**: the policies that stop the deployment. `CKV_CATALOG_*` are ours, other `CKV*` are
  checkov's, the rest are rules of AWS's template validation.
- **checkov alone**: whether one of checkov's own policies fails that passes without the weakness.

{totals}

{sections}

## Weaknesses that no policy catches

{uncaught}
"""


@dataclass(frozen=True)
class Reason:
    """Why no policy catches the weaknesses with these ids."""

    text: str
    ids: Sequence[str]


def reasons() -> list[Reason]:
    """Load the reasons."""
    entries = yaml.safe_load(REASONS.read_text("utf-8"))
    return [Reason(" ".join(each["reason"].split()), each["weaknesses"]) for each in entries]


def page(weaknesses: Sequence[Weakness], outcomes: Mapping[str, Outcome]) -> str:
    """Return the page, in Markdown."""
    sections = sorted({each.section for each in weaknesses})
    return PAGE.format(
        totals=_totals(weaknesses, outcomes),
        sections="\n\n".join(
            f"## {section}\n\n" + _rows((w for w in weaknesses if w.section == section), outcomes)
            for section in sections
        ),
        uncaught=_uncaught(weaknesses, outcomes),
    )


def row(weakness: Weakness, outcome: Outcome) -> str:
    """Return the row of a weakness."""
    caught = ", ".join(sorted(outcome.caught_by, key=_order)) or "nothing"
    checkov = "yes" if outcome.checkov else "no"
    return f"| {_place(weakness)} | {_cell(weakness.description)} | {caught} | {checkov} |"


def _rows(weaknesses: Iterable[Weakness], outcomes: Mapping[str, Outcome]) -> str:
    head = "| resource | weakness | caught by | checkov alone |\n|---|---|---|---|\n"
    return head + "\n".join(row(each, outcomes[each.id]) for each in weaknesses)


def _totals(weaknesses: Sequence[Weakness], outcomes: Mapping[str, Outcome]) -> str:
    lines = ["| | planted | caught | by checkov alone | not caught |", "|---|---:|---:|---:|---:|"]
    for kind in ("removed", "weakened", "opened", "added", ""):
        found = [outcomes[each.id] for each in weaknesses if kind in ("", each.kind)]
        caught = sum(bool(each.caught_by) for each in found)
        checkov = sum(bool(each.checkov) for each in found)
        counts = f"{len(found)} | {caught} | {checkov} | {len(found) - caught}"
        lines.append(f"| {kind or 'all'} | {counts} |")
    return "\n".join(lines)


def _uncaught(weaknesses: Sequence[Weakness], outcomes: Mapping[str, Outcome]) -> str:
    left = {each.id: each for each in weaknesses if not outcomes[each.id].caught_by}
    lines = ["| reason | weaknesses |", "|---|---|"]
    for reason in reasons():
        found = [left[name] for name in reason.ids if name in left]
        names = "<br>".join(f"{_place(each)}: {_cell(each.description)}" for each in found)
        lines.append(f"| {reason.text} | {names} |")
    return "\n".join(lines)


def _place(weakness: Weakness) -> str:
    return f"`{weakness.resource}`"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _order(policy: str) -> tuple[bool, str, int]:
    """Sort our policies first, then by number."""
    prefix, _, number = policy.rpartition("_")
    return not policy.startswith(OURS), prefix or policy, int(number) if number.isdigit() else 0
