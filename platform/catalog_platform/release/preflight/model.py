"""A check of the account before a deployment, and its results."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from catalog_platform.release.preflight.context import Context


@enum.unique
class Status(enum.Enum):
    """The outcome of a check, the worst first. Only `FAILED` prevents a deployment."""

    FAILED = "failed"
    WARNING = "warning"
    NOT_CHECKED = "not checked"
    PASSED = "passed"


@dataclass(frozen=True, slots=True)
class Result:
    """One result of a check.

    `hint` is the fix, or for what is not checked, how to have it checked. `key` is the manifest's
    key that the result is about, empty without one.
    """

    status: Status
    message: str
    hint: str = ""
    key: str = ""


def passed(message: str) -> Result:
    """Return a result without a problem."""
    return Result(Status.PASSED, message)


def failed(message: str, *, hint: str, key: str = "") -> Result:
    """Return a result that prevents a deployment, with its fix."""
    return Result(Status.FAILED, message, hint, key)


def warning(message: str, *, hint: str, key: str = "") -> Result:
    """Return a problem that does not prevent a deployment, with its fix."""
    return Result(Status.WARNING, message, hint, key)


def not_checked(reason: str, *, hint: str = "") -> Result:
    """Return why something could not be checked."""
    return Result(Status.NOT_CHECKED, reason, hint)


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check.

    `looks_at` and `blind_to` are sentences for the documentation: what the check reads, and what it
    can't know. `actions` are the IAM actions of its calls. `run` returns at least one result, and
    may raise `CallError`. With `on_embedded`, the check also runs on an embedded AWS; the others
    ask for what an emulator doesn't have.
    """

    name: str
    looks_at: str
    blind_to: str
    actions: tuple[str, ...]
    run: Callable[[Context], Iterable[Result]]
    on_embedded: bool = False


@dataclass(frozen=True, slots=True)
class CheckResult:
    """A result with the name of its check."""

    check: str
    result: Result


@dataclass(frozen=True, slots=True)
class Preflight:
    """The results of all checks for an environment, in the order of the checks."""

    environment: str
    account: str
    region: str
    results: tuple[CheckResult, ...] = field(default=())

    def of(self, status: Status) -> tuple[CheckResult, ...]:
        """Return the results with a status."""
        return tuple(each for each in self.results if each.result.status is status)

    @property
    def has_failed(self) -> bool:
        """Return whether a result prevents a deployment."""
        return bool(self.of(Status.FAILED))
