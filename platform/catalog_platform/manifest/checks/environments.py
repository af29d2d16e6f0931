"""Rules between environments."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations

from catalog_platform.findings import Finding, Location
from catalog_platform.manifest.checks.network import block
from catalog_platform.manifest.checks.rule import Problem, rule_id
from catalog_platform.manifest.resolved import Resolved
from catalog_platform.model import Manifest

# Two manifests; where the other one's key is written goes into the message.
PairRule = Callable[[Manifest, Manifest, Callable[[str], Location]], Iterator[Problem]]


def networks_do_not_overlap(
    one: Manifest, other: Manifest, place: Callable[[str], Location]
) -> Iterator[Problem]:
    """Overlapping networks can never be connected to one another."""
    mine, theirs = block(one), block(other)
    if mine and theirs and mine.overlaps(theirs):
        yield Problem(
            "network.cidr",
            f"{mine} overlaps {theirs} of {other.environment.name} ({place('network.cidr')})",
            "give every environment a block of its own",
        )


def stacks_are_distinct(
    one: Manifest, other: Manifest, place: Callable[[str], Location]
) -> Iterator[Problem]:
    """The same name in the same account and region is the same stack."""
    mine, theirs = one.environment, other.environment
    if (mine.account, mine.region, mine.name) == (theirs.account, theirs.region, theirs.name):
        yield Problem(
            "environment.name",
            f"'{mine.name}' in account {mine.account}, {mine.region}, is also described by "
            f"{place('environment.name')}",
            "two manifests would fight over one stack",
        )


PAIR_RULES: tuple[PairRule, ...] = (networks_do_not_overlap, stacks_are_distinct)


def compare(
    environments: Mapping[str, tuple[Manifest, Resolved]], names: Sequence[str]
) -> Iterator[Finding]:
    """Hold every two environments against each other.

    A finding stands at the later of the two, unless only the earlier one is in `names`.
    """
    for earlier, later in combinations(environments, 2):
        if later not in names and earlier not in names:
            continue
        here, there = (later, earlier) if later in names else (earlier, later)
        (mine, at), (theirs, elsewhere) = environments[here], environments[there]
        for rule in PAIR_RULES:
            for problem in rule(mine, theirs, elsewhere.locate):
                yield Finding(
                    rule=rule_id(rule),
                    message=problem.message,
                    location=at.locate(problem.path),
                    path=problem.path,
                    hint=problem.hint,
                    environment=here,
                )
