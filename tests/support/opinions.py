"""What other people's rules say against the stacks, and what is argued in reply.

An opinion is one rule of one tool that speaks against one construct of one environment. Nothing
is silenced inside a tool: everything it says is held against the list of acknowledgements.
"""

from __future__ import annotations

import datetime
import json
import re
import textwrap
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Annotated

import msgspec

from catalog_platform import yaml_loader
from catalog_platform.policy.ledger import LONGEST_DAYS

WHOLE_TEMPLATE = "(template)"
ENVIRONMENT_PREFIX = "catalog-"


@dataclass(frozen=True, order=True)
class Opinion:
    """`resource` is a construct path below the stack; two opinions may differ by message only."""

    tool: str
    rule: str
    environment: str
    resource: str
    message: str = field(default="", compare=False)


class Acknowledgement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why some rules are right not to be followed.

    It is a product: each of its rules speaks against each of its resources in each of its
    environments, in all of them when none is named. `*` in a rule or resource is any text. `owner`
    answers for it until and on the day it `expires`.
    """

    reason: Annotated[str, msgspec.Meta(min_length=20)]
    owner: Annotated[str, msgspec.Meta(min_length=1)]
    expires: datetime.date
    resources: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]
    rules: Annotated[dict[str, tuple[str, ...]], msgspec.Meta(min_length=1)]
    environments: tuple[str, ...] = ()

    def claims(self, environments: Iterable[str]) -> Iterator[Claim]:
        """Every opinion, or pattern of opinions, that is said to exist."""
        for environment in self.environments or environments:
            for tool, rules in self.rules.items():
                for rule in rules:
                    for resource in self.resources:
                        yield Claim(tool, rule, environment, resource)


@dataclass(frozen=True, order=True)
class Claim:
    """That a rule speaks against a resource in an environment; `*` is any text."""

    tool: str
    rule: str
    environment: str
    resource: str

    def covers(self, opinion: Opinion) -> bool:
        """Whether `opinion` is one of those."""
        return (
            self.tool == opinion.tool
            and self.environment == opinion.environment
            and _fits(self.rule, opinion.rule)
            and _fits(self.resource, opinion.resource)
        )


def load(file: Path) -> tuple[Acknowledgement, ...]:
    """The acknowledgements in a file; raises when it holds anything else."""
    content = yaml_loader.load(file, dates=True)
    return tuple(msgspec.convert(content["acknowledged"], list[Acknowledgement]))


def construct_paths(assembly: Path, environment: str) -> dict[str, str]:
    """Construct paths below the stack of an environment, by logical id."""
    name = f"{ENVIRONMENT_PREFIX}{environment}"
    metadata = json.loads((assembly / f"{name}.metadata.json").read_text())
    return {
        entry["data"]: path.removeprefix(f"/{name}/")
        for path, entries in metadata.items()
        for entry in entries
        if entry["type"] == "aws:cdk:logicalId"
    }


def disagreement(
    found: Iterable[Opinion], listed: Sequence[Acknowledgement], environments: Sequence[str]
) -> str:
    """Nothing when the two match; otherwise what is to be added to and removed from the list."""
    found = set(found)
    unlisted = unargued(found, listed, environments)
    claims = {claim: entry for entry in listed for claim in entry.claims(environments)}
    idle = {c: entry for c, entry in claims.items() if not any(c.covers(o) for o in found)}
    parts = []
    if unlisted:
        parts.append(
            f"{len(unlisted)} opinions that nobody argues. Follow them, or add to the list:\n\n"
            + suggestion(unlisted, environments)
        )
    if idle:
        parts.append(
            f"{len(idle)} arguments about what no tool says. Remove from the list:\n\n"
            + _idle(idle)
        )
    return "\n".join(parts)


def outdated(listed: Iterable[Acknowledgement], today: datetime.date) -> str:
    """Nothing when every entry holds on `today`; otherwise a line for each that does not."""
    lines = []
    for entry in listed:
        reason = textwrap.shorten(entry.reason, 60, placeholder=" …")
        if entry.expires < today:
            lines.append(
                f"the argument of {entry.owner} ended on {entry.expires}: {reason}\n"
                "  follow the opinion, or argue it anew and name another day"
            )
        elif (entry.expires - today).days > LONGEST_DAYS:
            lines.append(
                f"the argument of {entry.owner} ends on {entry.expires}, more than {LONGEST_DAYS} "
                f"days away: {reason}\n  arguments are looked at again every year"
            )
    return "\n".join(lines)


def unargued(
    found: Iterable[Opinion], listed: Sequence[Acknowledgement], environments: Sequence[str]
) -> set[Opinion]:
    """The opinions that no entry of the list is about."""
    claims = [claim for entry in listed for claim in entry.claims(environments)]
    return {opinion for opinion in found if not any(claim.covers(opinion) for claim in claims)}


def suggestion(opinions: Iterable[Opinion], environments: Sequence[str]) -> str:
    """Entries for the list that cover the opinions, and those only; the reasons are left open."""
    places: dict[tuple[str, str], dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    messages: dict[tuple[str, str], str] = {}
    for opinion in sorted(opinions):
        rule = opinion.tool, opinion.rule
        places[rule][opinion.resource].add(opinion.environment)
        messages[rule] = opinion.message
    entries: dict[tuple[tuple[str, ...], tuple[str, ...]], set[tuple[str, str]]]
    entries = defaultdict(set)
    for rule, resources in places.items():
        for where, together in _inverted(resources).items():
            entries[together, where].add(rule)
    return "\n".join(
        _entry(resources, where if set(where) != set(environments) else (), rules, messages)
        for (resources, where), rules in sorted(entries.items())
    )


def _inverted(resources: Mapping[str, Iterable[str]]) -> dict[tuple[str, ...], tuple[str, ...]]:
    """The resources that share their environments, by those environments."""
    result: dict[tuple[str, ...], tuple[str, ...]] = defaultdict(tuple)
    for resource, environments in resources.items():
        result[tuple(sorted(environments))] += (resource,)
    return result


def _entry(
    resources: Iterable[str],
    environments: Sequence[str],
    rules: Iterable[tuple[str, str]],
    messages: Mapping[tuple[str, str], str],
) -> str:
    by_tool: dict[str, list[str]] = defaultdict(list)
    lines = []
    for tool, rule in sorted(rules):
        by_tool[tool].append(rule)
        text = f"{tool} {rule}: {messages[tool, rule].partition(' - (Control')[0]}"
        lines += textwrap.wrap(text, 98, initial_indent="  # ", subsequent_indent="  #   ")
    lines += ["  - reason:", "    owner:", "    expires:"]
    if environments:
        lines.append(f"    environments: {_flow(environments)}")
    lines.append(f"    resources: {_flow(resources)}")
    lines.append("    rules:")
    lines.extend(f"      {tool}: {_flow(names)}" for tool, names in by_tool.items())
    return "\n".join(lines) + "\n"


def _idle(claims: Mapping[Claim, Acknowledgement]) -> str:
    by_reason: dict[str, list[Claim]] = defaultdict(list)
    for claim, entry in claims.items():
        by_reason[entry.reason.strip()].append(claim)
    lines = []
    for reason, idle in by_reason.items():
        lines.append(f"  {textwrap.shorten(reason, 90)}")
        lines.extend(
            f"    {c.tool} {c.rule}: {c.resource} in {c.environment}" for c in sorted(idle)
        )
    return "\n".join(lines) + "\n"


def _flow(items: Iterable[str]) -> str:
    """A YAML list on one line."""
    quoted = (item if re.fullmatch(r"[A-Za-z][\w./-]*", item) else f'"{item}"' for item in items)
    return f"[{', '.join(quoted)}]"


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    return re.compile(".*".join(map(re.escape, pattern.split("*"))), re.DOTALL)


def _fits(pattern: str, text: str) -> bool:
    return _pattern(pattern).fullmatch(text) is not None
