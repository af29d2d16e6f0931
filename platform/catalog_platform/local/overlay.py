"""Where a machine like this one cannot follow a template made for AWS: what is said instead.

The same table serves two: the emulator tells functions how the servers here really are, and a
rehearsal shows each difference beside the value that AWS would get.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# The secret with the password of the cache here, in each account that has functions.
CACHE_SECRET = "embedded-aws/cache"  # noqa: S105 - a name
# Variables of functions: the PostgreSQL and the cache here have no TLS and no cluster.
VARIABLES = {
    "DATABASE_TLS": ("disable", "PostgreSQL here speaks no TLS"),
    "CACHE_TLS": ("false", "the cache here speaks no TLS"),
    "CACHE_CLUSTER_MODE": ("false", "the cache here is one server"),
    "CACHE_SECRET_ARN": (CACHE_SECRET, "the cache here has a password of its own"),
}
# Each batch that is under way at the same time has a process of its own, of some 80 MB.
LANES = 16
WINDOW_SECONDS = 1

Template = dict[str, Any]
Change = tuple[str, Any, Any, str]


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One value of a template that is not rehearsed as it stands."""

    resource: str
    property: str
    wanted: str
    rehearsed: str
    reason: str


def sized_down(template: Template) -> tuple[Template, tuple[Adjustment, ...]]:
    """A copy of a template that a laptop can follow, and what differs, in the template's order."""
    sized = copy.deepcopy(template)
    found: list[Adjustment] = []
    for name, resource in sized["Resources"].items():
        rule = _RULES.get(resource["Type"])
        if rule is None:
            continue
        for place, wanted, rehearsed, reason in rule(resource.setdefault("Properties", {})):
            shown = wanted if isinstance(wanted, str | int | bool) else "(a reference)"
            found.append(Adjustment(name, place, str(shown), str(rehearsed), reason))
    return sized, tuple(found)


def _function(properties: Template) -> Iterator[Change]:
    variables = properties.get("Environment", {}).get("Variables", {})
    for name, (here, reason) in VARIABLES.items():
        if name in variables and variables[name] != here:
            wanted, variables[name] = variables[name], here
            yield f"Environment.Variables.{name}", wanted, here, reason
    reason = f"{LANES} processes at once are enough for a laptop"
    yield from _at_most(properties, "ReservedConcurrentExecutions", LANES, reason)


def _mapping(properties: Template) -> Iterator[Change]:
    yield from _at_most(
        properties, "MaximumBatchingWindowInSeconds", WINDOW_SECONDS, "nobody waits longer here"
    )


def _stream(properties: Template) -> Iterator[Change]:
    yield from _at_most(properties, "ShardCount", LANES, "each shard has a process of its own")


def _at_most(properties: Template, name: str, most: int, reason: str) -> Iterator[Change]:
    wanted = properties.get(name)
    if isinstance(wanted, int) and wanted > most:
        properties[name] = most
        yield name, wanted, most, reason


_RULES: Mapping[str, Callable[[Template], Iterator[Change]]] = {
    "AWS::Lambda::Function": _function,
    "AWS::Lambda::EventSourceMapping": _mapping,
    "AWS::Kinesis::Stream": _stream,
}
