"""The cases: what is edited, which command a user then types, and what it is compared with."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from loop import measure
from loop.repository import Repository

CATALOGCTL = Path(sys.prefix) / "bin" / "catalogctl"
PLAN = ("plan", "--base", "HEAD", "--scan")


@dataclass(frozen=True, slots=True)
class Case:
    """A case, with the number of environments of its repository.

    `baseline` is the number of environments of the baseline that it is compared with. `target` is
    the ratio of wall times that is aimed at, and `seconds` a limit, if there is one. `before` edits
    the repository before each run, whose number it gets.
    """

    name: str
    environments: int
    baseline: int
    target: float
    command: tuple[str, ...]
    before: Callable[[Repository, int], None]
    seconds: float | None = None

    def run(self, repository: Repository, number: int) -> measure.Run:
        """Edit the repository, then run the command, which must find nothing to complain about."""
        repository.restore()
        self.before(repository, number)
        return measure.run([CATALOGCTL, "-q", *self.command], repository.root)


def _cold(repository: Repository, _number: int) -> None:
    repository.forget()


def _one_edited(repository: Repository, number: int) -> None:
    repository.edit(repository.names[0], number)


def _all_edited(repository: Repository, number: int) -> None:
    repository.edit_all(number)


def _nothing(_repository: Repository, _number: int) -> None:
    pass


CASES = (
    Case("synth and scan, one environment, cold caches", 1, 1, 3, ("scan", "env-0000"), _cold),
    Case("plan, one key of one environment changed, base cached", 4, 1, 3, PLAN, _one_edited),
    Case("plan, nothing changed", 4, 4, 30, PLAN, _nothing, seconds=0.5),
    Case("validate four environments", 4, 4, 40, ("validate",), _nothing),
    Case("plan, thirty environments, one edited", 30, 30, 12, PLAN, _one_edited),
    Case("plan, thirty environments, all changed", 30, 30, 3, PLAN, _all_edited),
)
# From the save of a manifest to the end of the answer, measured by `watching`.
WATCH = Case("watch, from the save to the verdict", 4, 1, 8, (), _nothing, seconds=1.5)
# How the time grows with the number of environments, one of which is edited.
GROWTH = (1, 4, 30, 100, 300, 1000)
GROWTH_TARGET = 3.0  # times that of four environments, for a thousand


def growth(count: int) -> Case:
    """Return a plan of one edited environment among `count`."""
    return Case(f"plan, one edited of {count}", count, 1, 0, PLAN, _one_edited)
