"""Rules between environments."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence

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


def _blocks_around(manifest: Manifest) -> list[Hashable]:
    """Two blocks overlap exactly when one is the other, or one of the larger ones around it."""
    own = block(manifest)
    return (
        [own.supernet(new_prefix=length) for length in range(own.prefixlen, 7, -1)] if own else []
    )


def _stack(manifest: Manifest) -> list[Hashable]:
    return [(manifest.environment.account, manifest.environment.region, manifest.environment.name)]


# Where two manifests can meet: one is filed under its first key, and looked for under all of them.
# It spares comparing every two of a thousand environments.
KEYS: Mapping[PairRule, Callable[[Manifest], list[Hashable]]] = {
    networks_do_not_overlap: _blocks_around,
    stacks_are_distinct: _stack,
}
MAXIMUM_OTHERS = 5  # of the same finding about one environment


def compare(
    environments: Mapping[str, tuple[Manifest, Resolved]], names: Sequence[str]
) -> Iterator[Finding]:
    """Hold environments against each other.

    A finding stands at the later of the two, unless only the earlier one is in `names`.
    """
    wanted = frozenset(names)
    for rule in PAIR_RULES:
        told: Counter[str] = Counter()
        for earlier, later in _meeting(
            rule, {name: each for name, (each, _) in environments.items()}
        ):
            if later not in wanted and earlier not in wanted:
                continue
            here, there = (later, earlier) if later in wanted else (earlier, later)
            told[here] += 1
            if told[here] > MAXIMUM_OTHERS:
                continue
            (mine, at), (theirs, elsewhere) = environments[here], environments[there]
            for problem in rule(mine, theirs, elsewhere.locate):
                yield Finding(
                    rule=rule_id(rule),
                    message=problem.message,
                    location=at.locate(problem.path),
                    path=problem.path,
                    hint=problem.hint,
                    environment=here,
                )


def _meeting(rule: PairRule, manifests: Mapping[str, Manifest]) -> Iterator[tuple[str, str]]:
    keys = {name: KEYS[rule](manifest) for name, manifest in manifests.items()}
    filed: dict[Hashable, list[str]] = defaultdict(list)
    for name, own in keys.items():
        if own:
            filed[own[0]].append(name)
    order = {name: number for number, name in enumerate(manifests)}
    for name, own in keys.items():
        for number, key in enumerate(own):
            # Under a key of its own it meets those before it, so that no pair comes twice.
            others = (each for each in filed.get(key, ()) if number or order[each] < order[name])
            for other in itertools.islice(others, MAXIMUM_OTHERS):
                yield (other, name) if order[other] < order[name] else (name, other)
