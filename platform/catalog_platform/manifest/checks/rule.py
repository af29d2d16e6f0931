"""The type of a rule: a function that yields the violations of a manifest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from catalog_platform.findings import Severity
from catalog_platform.model import Manifest

DECLARE = "declare it under `exceptions` (docs/environments.md#directives)"


@dataclass(frozen=True, slots=True)
class RuleViolation:
    """A violation of a rule: `path` is the key to change, `related` are the other keys involved.

    If `path` has its value from the defaults, the finding points to the first key of `related`
    that the environment's own file sets.
    """

    path: str
    message: str
    hint: str = ""
    related: tuple[str, ...] = ()
    severity: Severity = Severity.ERROR


Rule = Callable[[Manifest], Iterator[RuleViolation]]


def rule_id(rule: Callable[..., object]) -> str:
    """Return the identifier of a rule: its function's name in kebab case."""
    return rule.__name__.replace("_", "-")
