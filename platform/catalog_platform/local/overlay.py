"""Values of a template that this machine cannot provide, and their local substitutes.

The embedded AWS applies the variables to deployed functions itself. A rehearsal reports each
substitution beside the value that AWS would get.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

# The secret with the password of the local cache, in each account that has functions.
CACHE_SECRET = "embedded-aws/cache"  # noqa: S105 - a name
# Environment variables of functions: the local servers have no TLS and no cluster mode.
VARIABLES = {
    "DATABASE_TLS": ("disable", "the local PostgreSQL has no TLS"),
    "CACHE_TLS": ("false", "the local cache has no TLS"),
    "CACHE_CLUSTER_MODE": ("false", "the local cache is a single server"),
    "CACHE_SECRET_ARN": (CACHE_SECRET, "the local cache has its own password"),
}
# Each concurrent batch runs in its own process, of some 80 MB.
MAXIMUM_CONCURRENCY = 16
WINDOW_SECONDS = 1

Template = dict[str, Any]
Change = tuple[str, Any, Any, str]


@dataclass(frozen=True, slots=True)
class Adjustment:
    """One template value that a rehearsal replaces."""

    resource: str
    property: str
    wanted: str
    rehearsed: str
    reason: str


def adapt(template: Template) -> tuple[Template, tuple[Adjustment, ...]]:
    """Return a copy of a template that fits this machine, and its adjustments in template order."""
    adapted = copy.deepcopy(template)
    found: list[Adjustment] = []
    for name, resource in adapted["Resources"].items():
        rule = _RULES.get(resource["Type"])
        if rule is None:
            continue
        for property_path, wanted, rehearsed, reason in rule(resource.setdefault("Properties", {})):
            shown = wanted if isinstance(wanted, str | int | bool) else "(a reference)"
            found.append(Adjustment(name, property_path, str(shown), str(rehearsed), reason))
    return adapted, tuple(found)


def _function(properties: Template) -> Iterator[Change]:
    variables = properties.get("Environment", {}).get("Variables", {})
    for name, (here, reason) in VARIABLES.items():
        if name in variables and variables[name] != here:
            wanted, variables[name] = variables[name], here
            yield f"Environment.Variables.{name}", wanted, here, reason
    reason = f"{MAXIMUM_CONCURRENCY} concurrent processes are enough for a laptop"
    yield from _at_most(properties, "ReservedConcurrentExecutions", MAXIMUM_CONCURRENCY, reason)


def _mapping(properties: Template) -> Iterator[Change]:
    yield from _at_most(
        properties,
        "MaximumBatchingWindowInSeconds",
        WINDOW_SECONDS,
        "a short window gives faster feedback",
    )


def _stream(properties: Template) -> Iterator[Change]:
    yield from _at_most(
        properties, "ShardCount", MAXIMUM_CONCURRENCY, "each shard has its own process"
    )


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
