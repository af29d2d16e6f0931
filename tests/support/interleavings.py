"""Every order in which the steps of concurrent workers can happen, each from a fresh start.

With `reduce`, orders that differ only in steps that cannot influence each other count as one
(sleep sets: P. Godefroid, Partial-Order Methods for the Verification of Concurrent Systems, 1996).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from support.stepping import Scheduler, Step, Worker

_SEES_COMMITS = {Step.SNAPSHOT, Step.READ}


class Run(Protocol):
    """One scenario from its beginning: workers, and what must hold when all have ended."""

    @property
    def workers(self) -> Sequence[Worker]:
        """The workers, which have not started yet."""
        ...

    def complaints(self) -> list[str]:
        """What is wrong in the end; nothing in a right one."""
        ...


@dataclass
class Interleaving:
    """One complete order: which worker did which step."""

    steps: list[tuple[int, Step]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    diverged: bool = False

    def __str__(self) -> str:
        return " ".join(f"{number}:{step.value}" for number, step in self.steps)


def explore(
    scheduler: Scheduler, begin: Callable[[], Run], *, reduce: bool
) -> Iterator[Interleaving]:
    """Run every order of the steps of one scenario."""
    # What to choose first, and which workers' next step another branch has covered by then.
    todo: list[tuple[tuple[int, ...], frozenset[int]]] = [((), frozenset())]
    while todo:
        choices, asleep = todo.pop()
        run = begin()
        scheduler.start(run.workers)
        found = Interleaving()
        while enabled := scheduler.enabled():
            depth = len(found.steps)
            if depth < len(choices):
                chosen = choices[depth]
                if chosen not in enabled:
                    # The server let another waiter go first than it did before.
                    found.diverged, chosen = True, min(enabled)
            else:
                awake = sorted(enabled.keys() - asleep)
                if not awake:
                    break
                chosen, covered = awake[0], asleep | {awake[0]}
                path = tuple(number for number, _ in found.steps)
                for other in awake[1:]:
                    todo.append(((*path, other), _still(covered, other, enabled, reduce)))
                    covered |= {other}
                asleep = _still(asleep, chosen, enabled, reduce)
            found.steps.append((chosen, enabled[chosen]))
            scheduler.step(chosen)
        if scheduler.enabled():
            scheduler.abandon()
            continue
        for worker in run.workers:
            worker.join()
        found.complaints = [f"{worker.error!r}" for worker in run.workers if worker.error]
        found.complaints += run.complaints()
        yield found


def _still(
    asleep: frozenset[int], chosen: int, enabled: dict[int, Step], reduce: bool
) -> frozenset[int]:
    """Who sleeps on after a step: those whose own step it cannot influence."""
    if not reduce:
        return frozenset()
    return frozenset(
        other
        for other in asleep
        if other != chosen and other in enabled and independent(enabled[other], enabled[chosen])
    )


def independent(one: Step, other: Step) -> bool:
    """Whether two steps of different workers lead to the same in either order.

    What a transaction has not committed is invisible to snapshots, and who only reads neither
    waits for locks nor holds any that writers wait for.
    """
    if Step.CACHE in (one, other):
        return one != other
    if one in _SEES_COMMITS:
        return other is not Step.COMMIT
    return other in _SEES_COMMITS and one is not Step.COMMIT
