"""What external scanners find in the test suite's environments, and which of it is accepted.

Nothing is suppressed inside a scanner: every finding needs a waiver of kind `scanner` in
policies/waivers.yaml, and every part of such a waiver needs a finding.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from catalog_platform.policy.waivers import EnvironmentFacts, Violation, Waivers

KIND = "scanner"
WHOLE_TEMPLATE = "(template)"
ENVIRONMENT_PREFIX = "catalog-"


@dataclass(frozen=True, order=True)
class ScannerFinding:
    """`resource` is a construct path below the stack; two findings may differ by message only."""

    tool: str
    rule: str
    environment: str
    resource: str
    message: str = field(default="", compare=False)

    def violation(self, facts: Mapping[str, EnvironmentFacts]) -> Violation:
        """What a waiver has to match."""
        return Violation(
            kind=KIND,
            rule=f"{self.tool}/{self.rule}",
            environment=facts[self.environment],
            resource=self.resource,
        )


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


def without_waiver(
    found: Iterable[ScannerFinding], waivers: Waivers, facts: Mapping[str, EnvironmentFacts]
) -> set[ScannerFinding]:
    """The findings that no waiver covers; the others count as needing theirs."""
    return {finding for finding in found if not waivers.waives(finding.violation(facts))}


def suggestion(findings: Iterable[ScannerFinding], facts: Mapping[str, EnvironmentFacts]) -> str:
    """Waivers that cover the findings, by tier; id, reason, owner and dates are left open."""
    places: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    messages: dict[str, str] = {}
    for finding in sorted(findings):
        rule = f"{finding.tool}/{finding.rule}"
        places[rule][finding.resource].add(facts[finding.environment].tier)
        messages[rule] = finding.message.partition(" - (Control")[0]
    entries: dict[tuple[tuple[str, ...], tuple[str, ...]], set[str]] = defaultdict(set)
    for rule, resources in places.items():
        for where, together in _inverted(resources):
            entries[together, where].add(rule)
    tiers = {each.tier for each in facts.values()}
    return "\n".join(
        "\n".join(_entry(resources, where if set(where) != tiers else (), rules))
        + "\n"
        + "".join(_comment(rule, messages[rule]) for rule in sorted(rules))
        for (resources, where), rules in sorted(entries.items())
    )


def _inverted(
    resources: Mapping[str, Iterable[str]],
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Resources with findings in the same tiers, and these tiers."""
    result: dict[tuple[str, ...], tuple[str, ...]] = defaultdict(tuple)
    for resource, tiers in resources.items():
        result[tuple(sorted(tiers))] += (resource,)
    yield from result.items()


def _entry(resources: Iterable[str], tiers: Sequence[str], rules: Iterable[str]) -> Iterator[str]:
    scope = f"{{tiers: {_flow(tiers)}}}" if tiers else "all"
    yield "  - id:"
    yield f"    kind: {KIND}"
    yield f"    scope: {scope}"
    exact = sorted(rule.replace("*", r"\*") for rule in rules)
    yield f"    rules: {_flow(exact)}"
    yield f"    resources: {_flow(resources)}"
    yield from ("    reason:", "    owner:", "    created:", "    expires:")


def _comment(rule: str, message: str) -> str:
    lines = textwrap.wrap(f"{rule}: {message}", 98, initial_indent="  # ", subsequent_indent="  # ")
    return "".join(f"{line}\n" for line in lines)


def _flow(items: Iterable[str]) -> str:
    """A YAML list on one line."""
    quoted = (item if re.fullmatch(r"[A-Za-z][\w./ -]*", item) else f"'{item}'" for item in items)
    return f"[{', '.join(quoted)}]"
