"""Build waivers for results of a scan: one for each policy and each digest of its values."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from catalog_platform.policy import waiver_entries
from catalog_platform.policy.waiver_format import Waiver
from catalog_platform.policy.waiver_horizon import (
    DEFAULT_DAYS,
    Listed,
    maximum_days,
    policy_of,
    severity_of,
)
from catalog_platform.policy.waivers import Violation, matches

KIND = "policy"


@dataclass(frozen=True, slots=True)
class Selection:
    """What to waive: a policy or `POLICY[property]`, and a resource; an empty one means each.

    The resource is a construct path, in which `*` matches any text within a component.
    """

    rule: str
    resource: str

    def __str__(self) -> str:
        """Return the selection as it is written on the command line."""
        return f"{self.rule}@{self.resource}" if self.resource else self.rule

    def selects(self, violation: Violation) -> bool:
        """Return whether a violation is selected."""
        if not self.resource:
            return self.rule in violation.rules
        return matches(_probe(self), violation)


def selection(text: str) -> Selection:
    """Return the selection of `POLICY` or `POLICY@RESOURCE`."""
    rule, _, resource = text.partition("@")
    return Selection(rule, resource)


def _probe(chosen: Selection) -> Waiver:
    """Return a waiver for everything that is selected, to ask the one matching function."""
    someday = datetime.date.max
    return Waiver(
        id="",
        kind=KIND,
        selector="",
        selected=(),
        rules=(chosen.rule.replace("*", r"\*"),),
        resources=(chosen.resource,),
        reason="",
        owner="",
        created=someday,
        expires=someday,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What new waivers have in common; without `expires`, the severity of a policy decides.

    `selector` and `selected` are the scope; without a selector it is `all`. With `environments` and
    no names, the scope is the environments of the results.
    """

    selector: str
    selected: tuple[str, ...]
    reason: str
    owner: str
    ticket: str
    created: datetime.date
    expires: datetime.date | None


def build(
    chosen: Sequence[tuple[Selection, Violation]],
    request: Request,
    listed: Listed,
    taken: Iterable[str],
) -> Iterator[Waiver]:
    """Yield the waivers that cover exactly the violations; `taken` are the ids that exist.

    One waiver covers the resources whose violations have the same rule, digest and environments.
    """
    own_scope = request.selector == "environments" and not request.selected
    where: dict[tuple[str, str, str], set[str]] = {}
    for each, violation in chosen:
        names = where.setdefault((each.rule, violation.digest, violation.resource), set())
        names.add(violation.environment.name)
    groups: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for (rule, digest, resource), names in where.items():
        scope = tuple(sorted(names)) if own_scope else request.selected
        groups.setdefault((rule, digest, scope), []).append(resource)
    ids = set(taken)
    for (rule, digest, scope), resources in groups.items():
        name = _new_id((*_one(scope), policy_of(rule), resources[0]), ids)
        ids.add(name)
        yield Waiver(
            id=name,
            kind=KIND,
            selector=request.selector,
            selected=scope,
            rules=(rule,),
            resources=tuple(sorted(resources)),
            reason=request.reason,
            owner=request.owner,
            created=request.created,
            expires=request.expires or request.created + datetime.timedelta(_days(rule, listed)),
            digest=digest,
            ticket=request.ticket,
        )


def _days(rule: str, listed: Listed) -> int:
    return min(DEFAULT_DAYS, maximum_days(severity_of(rule, listed)))


def _one(scope: tuple[str, ...]) -> tuple[str, ...]:
    return scope if len(scope) == 1 else ()


def _new_id(words: tuple[str, ...], taken: set[str]) -> str:
    every = itertools.chain([words], ((*words, str(number)) for number in itertools.count(2)))
    return next(
        each for each in (waiver_entries.name(*each) for each in every) if each not in taken
    )
