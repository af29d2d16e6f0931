"""Rules between environments."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence

from catalog_platform.findings import Finding, Location
from catalog_platform.manifest.checks.network import cidr_block
from catalog_platform.manifest.checks.rule import RuleViolation, rule_id
from catalog_platform.model import Manifest

# Takes two manifests, and a function that locates a key of the second one for the message.
PairRule = Callable[[Manifest, Manifest, Callable[[str], Location]], Iterator[RuleViolation]]
# Takes an environment and a key.
Locate = Callable[[str, str], Location]


def networks_do_not_overlap(
    one: Manifest, other: Manifest, locate: Callable[[str], Location]
) -> Iterator[RuleViolation]:
    """Networks of different environments do not overlap: overlapping ones cannot be connected."""
    mine, theirs = cidr_block(one), cidr_block(other)
    if mine and theirs and mine.overlaps(theirs):
        yield RuleViolation(
            "network.cidr",
            f"{mine} overlaps {theirs} of {other.environment.name} ({locate('network.cidr')})",
            "give each environment its own CIDR block",
        )


def stacks_are_distinct(
    one: Manifest, other: Manifest, locate: Callable[[str], Location]
) -> Iterator[RuleViolation]:
    """Two environments do not describe the same stack: name, account and region together differ."""
    mine, theirs = one.environment, other.environment
    if (mine.account, mine.region, mine.name) == (theirs.account, theirs.region, theirs.name):
        yield RuleViolation(
            "environment.name",
            f"'{mine.name}' in account {mine.account}, region {mine.region}, is already defined in "
            f"{locate('environment.name')}",
            "use another name, account or region: two manifests cannot share one stack",
        )


def database_identifiers_are_distinct(
    one: Manifest, other: Manifest, locate: Callable[[str], Location]
) -> Iterator[RuleViolation]:
    """Two environments in one account and region have databases with different identifiers.

    Replicas are named after the identifier, with `-replica-1` and so on.
    """
    mine, theirs = _identifiers(one), _identifiers(other)
    shared = [name for name in mine if name in theirs]
    if shared:
        _, _, name = shared[0]
        yield RuleViolation(
            "database.identifier",
            f"the database '{name}' is also defined by {locate('database.identifier')}",
            "use another identifier: an account has one database of a name in each region",
        )


def _identifiers(manifest: Manifest) -> list[tuple[str, str, str]]:
    """Return account, region and identifier of the instance and of each replica."""
    database, place = manifest.database, manifest.environment
    if database.identifier is None:
        return []
    replicas = (f"{database.identifier}-replica-{n + 1}" for n in range(database.read_replicas))
    return [(place.account, place.region, name) for name in (database.identifier, *replicas)]


PAIR_RULES: tuple[PairRule, ...] = (
    networks_do_not_overlap,
    stacks_are_distinct,
    database_identifiers_are_distinct,
)


def _blocks_around(manifest: Manifest) -> list[Hashable]:
    """Return the block and every larger block that contains it.

    Two blocks overlap exactly when one of them is in this list of the other.
    """
    own = cidr_block(manifest)
    return (
        [own.supernet(new_prefix=length) for length in range(own.prefixlen, 7, -1)] if own else []
    )


def _stack(manifest: Manifest) -> list[Hashable]:
    return [(manifest.environment.account, manifest.environment.region, manifest.environment.name)]


def _databases(manifest: Manifest) -> list[Hashable]:
    return [*_identifiers(manifest)]


# An index of manifests that may conflict: each is stored under its first key and looked up under
# all of its keys. This avoids comparing every pair of a thousand environments.
KEYS: Mapping[PairRule, Callable[[Manifest], list[Hashable]]] = {
    networks_do_not_overlap: _blocks_around,
    stacks_are_distinct: _stack,
    database_identifiers_are_distinct: _databases,
}
MAXIMUM_OTHERS = 5  # conflicts reported per rule and environment


def check_pairs(
    manifests: Mapping[str, Manifest], names: Sequence[str], locate: Locate
) -> Iterator[Finding]:
    """Check every pair of environments against the rules between them.

    Both get a finding that names the other one, if they are in `names`: whichever file was edited,
    the finding is there too. `locate` is called for findings only.
    """
    selected = frozenset(names)
    for rule in PAIR_RULES:
        reported: Counter[str] = Counter()
        for earlier, later in _candidates(rule, manifests):
            for here, there in ((later, earlier), (earlier, later)):
                reported[here] += here in selected
                if here in selected and reported[here] <= MAXIMUM_OTHERS:
                    yield from _findings(rule, (here, there), manifests, locate)


def _findings(
    rule: PairRule, pair: tuple[str, str], manifests: Mapping[str, Manifest], locate: Locate
) -> Iterator[Finding]:
    name, other = pair
    for problem in rule(manifests[name], manifests[other], lambda path: locate(other, path)):
        yield Finding(
            rule=rule_id(rule),
            message=problem.message,
            location=locate(name, problem.path),
            path=problem.path,
            hint=problem.hint,
            environment=name,
        )


def _candidates(rule: PairRule, manifests: Mapping[str, Manifest]) -> Iterator[tuple[str, str]]:
    keys = {name: KEYS[rule](manifest) for name, manifest in manifests.items()}
    index: dict[Hashable, list[str]] = defaultdict(list)
    for name, own in keys.items():
        if own:
            index[own[0]].append(name)
    order = {name: number for number, name in enumerate(manifests)}
    for name, own in keys.items():
        for number, key in enumerate(own):
            # Under its first key, only earlier manifests count, so that no pair occurs twice.
            others = (each for each in index.get(key, ()) if number or order[each] < order[name])
            for other in itertools.islice(others, MAXIMUM_OTHERS):
                yield (other, name) if order[other] < order[name] else (name, other)
