"""What a rule is: a function from a manifest to problems, named after what it promises."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from catalog_platform.findings import Severity
from catalog_platform.model import Manifest


@dataclass(frozen=True, slots=True)
class Problem:
    """A rule that does not hold: `path` is the key to look at first, `beside` the other ones.

    Where `path` has its value from the defaults, the finding stands at the first of `beside` that
    the environment's own file sets: that is the line somebody wrote.
    """

    path: str
    message: str
    hint: str = ""
    beside: tuple[str, ...] = ()
    severity: Severity = Severity.ERROR


Rule = Callable[[Manifest], Iterator[Problem]]


def rule_id(rule: Callable[..., object]) -> str:
    """`subnets_fit_into_the_network` is known as `subnets-fit-into-the-network`."""
    return rule.__name__.replace("_", "-")
