"""What the HTML page of a plan shows: rows by environment and cause, the worst first, in bounds."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import msgspec
from msgspec import UNSET

from catalog_platform.plan.model import Because, Change, EnvironmentPlan, Plan
from catalog_platform.plan.verdict import Verdict
from catalog_platform.report import section_diagram
from catalog_platform.report.section_diagram import Diagram

# Characters of the rows of a page, about: browsers show this much at once.
ROOM = 6_000_000
MARKUP = 2_000  # of one row
LARGEST = 100_000  # a row's long values are cut
STEPS = 6
# A group with more harmless changes is folded.
FEW = 3
# So is one with more changes than these, if none of them blocks.
MANY = 10

REASONS = {"added": "the environment is new", "removed": "the environment is removed"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A change. `chains` has, per resource it changes with, the way there from the first cause."""

    anchor: str
    change: Change
    chains: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """The changes of an environment with the same cause, whose `number` the filter uses.

    `because` is empty when the rows differ in it; then each row shows its own.
    """

    cause: str
    number: int
    because: tuple[Because, ...]
    rows: tuple[Row, ...]
    counts: str

    @property
    def is_open(self) -> bool:
        """Return whether its rows are shown at first: the few, and those that matter."""
        return len(self.rows) <= FEW or any(self.shows(row) for row in self.rows)

    def shows(self, row: Row) -> bool:
        """Return whether the explanation and the values of a row are shown at first."""
        verdict = Verdict(row.change.verdict)
        return verdict.blocks or (verdict is not Verdict.SAFE and len(self.rows) <= MANY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """An environment. `left_out` is the number of changes that the page has no room for.

    A diagram of one section would say nothing, so it is None.
    """

    anchor: str
    plan: EnvironmentPlan
    total: int
    counts: str
    blocking: int
    groups: tuple[Group, ...]
    left_out: int
    diagram: Diagram | None

    @property
    def has_cost(self) -> bool:
        """Return whether the plan has the cost of the environment."""
        return self.plan.cost is not UNSET


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """All environments, the worst first, and what the filter offers."""

    environments: tuple[Environment, ...]
    verdicts: tuple[str, ...]
    causes: tuple[str, ...]

    @property
    def statuses(self) -> str:
        """Return the number of environments per status, in the order of the page."""
        found = Counter(each.plan.status for each in self.environments)
        return ", ".join(f"{number} {status}" for status, number in found.items())

    @property
    def blocking(self) -> int:
        """Return the number of changes that block the plan."""
        return sum(each.blocking for each in self.environments)


def page(plan: Plan, room: int = ROOM) -> Page:
    """Return the page of a plan, whose rows take about `room` characters at most."""
    ordered = sorted(plan.environments, key=_order)
    shown = _fitting(ordered, room)
    causes = dict.fromkeys(
        _cause(environment, change) for environment in ordered for change in _rows(environment)
    )
    numbers = {cause: number for number, cause in enumerate(sorted(causes))}
    found = {Verdict(change.verdict) for each in ordered for change in _rows(each)}
    return Page(
        environments=tuple(
            _environment(f"e{at}", each, shown[at], numbers) for at, each in enumerate(ordered)
        ),
        verdicts=tuple(each.value for each in sorted(found, reverse=True)),
        causes=tuple(numbers),
    )


def _order(environment: EnvironmentPlan) -> tuple[int, int]:
    """Return the order: unknown environments, then those that change by verdict, then the rest."""
    place = {"unknown": 0, "unchanged": 2}.get(environment.status, 1)
    return place, -Verdict(environment.verdict).rank


def _rows(environment: EnvironmentPlan) -> list[Change]:
    return [*environment.stack_changes, *environment.changes]


def _fitting(environments: Sequence[EnvironmentPlan], room: int) -> list[list[Change]]:
    """Return the changes of each environment that fit, the worst of all environments first."""
    every = [(at, change) for at, each in enumerate(environments) for change in _rows(each)]
    every.sort(key=lambda pair: (-Verdict(pair[1].verdict).rank, pair[0]))
    shown: list[list[Change]] = [[] for _ in environments]
    for at, change in every:
        room -= MARKUP + min(len(msgspec.json.encode(change)), LARGEST)
        if room < 0:
            break
        shown[at].append(change)
    return shown


def _environment(
    anchor: str, plan: EnvironmentPlan, shown: list[Change], numbers: Mapping[str, int]
) -> Environment:
    every = _rows(plan)
    diagram = section_diagram.diagram(every)
    return Environment(
        anchor=anchor,
        plan=plan,
        total=len(every),
        counts=section_diagram.counts(Counter(Verdict(each.verdict) for each in every)),
        blocking=sum(each.blocking for each in every),
        groups=tuple(_groups(anchor, plan, shown, numbers)),
        left_out=len(every) - len(shown),
        diagram=diagram if len(diagram.boxes) > 1 else None,
    )


def _groups(
    anchor: str, plan: EnvironmentPlan, shown: list[Change], numbers: Mapping[str, int]
) -> Iterator[Group]:
    """Yield the groups, that with the worst change first."""
    by_cause: dict[str, list[Change]] = {}
    for change in shown:
        by_cause.setdefault(_cause(plan, change), []).append(change)
    known = {each.logical_id: each for each in plan.changes}
    row_number = itertools.count()
    for cause, changes in by_cause.items():
        same = all(each.because == changes[0].because for each in changes)
        yield Group(
            cause=cause,
            number=numbers[cause],
            because=tuple(changes[0].because) if same else (),
            rows=tuple(
                Row(
                    anchor=f"{anchor}-{next(row_number)}",
                    change=each,
                    chains=tuple(_chain(via, known) for via in each.via if via in known),
                )
                for each in changes
            ),
            counts=section_diagram.counts(Counter(Verdict(each.verdict) for each in changes)),
        )


def _cause(environment: EnvironmentPlan, change: Change) -> str:
    if change.type == "stack" and not change.group:
        return "account, region or protection of the stack"
    return change.group or REASONS.get(environment.status, "cause not known")


def _chain(via: str, known: Mapping[str, Change]) -> tuple[str, ...]:
    """Return the construct paths from the first changed resource to `via`; a circle ends it."""
    found = [via]
    while len(found) < STEPS:
        before = [each for each in known[found[0]].via if each in known and each not in found]
        if not before:
            break
        found.insert(0, before[0])
    return tuple(known[each].resource for each in found)


def is_set(value: object) -> bool:
    """Return whether a key of the plan is present."""
    return value is not UNSET
