"""Findings of external scanners in the test suite's environments, and their waivers.

Every finding needs a waiver of kind `scanner` in policies/waivers.yaml, and every part of such a
waiver needs a finding. Suppressions inside a scanner are ignored.
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
    """A finding of a scanner. `resource` is a construct path; `message` is not compared."""

    tool: str
    rule: str
    environment: str
    resource: str
    message: str = field(default="", compare=False)

    def violation(self, facts: Mapping[str, EnvironmentFacts]) -> Violation:
        """Return the violation that a waiver has to match."""
        return Violation(
            kind=KIND,
            rule=f"{self.tool}/{self.rule}",
            environment=facts[self.environment],
            resource=self.resource,
        )


def construct_paths(assembly: Path, environment: str) -> dict[str, str]:
    """Return construct paths below the stack of an environment, by logical id."""
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
    """Return the findings that no waiver covers; mark the waivers of the others as used."""
    return {finding for finding in found if not waivers.waives(finding.violation(facts))}


def suggestion(findings: Iterable[ScannerFinding], facts: Mapping[str, EnvironmentFacts]) -> str:
    """Return waivers for the findings, by tier, without id, reason, owner and dates."""
    tiers_by_resource: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    messages: dict[str, str] = {}
    for finding in sorted(findings):
        rule = f"{finding.tool}/{finding.rule}"
        tiers_by_resource[rule][finding.resource].add(facts[finding.environment].tier)
        messages[rule] = finding.message.partition(" - (Control")[0]
    entries: dict[tuple[tuple[str, ...], tuple[str, ...]], set[str]] = defaultdict(set)
    for rule, resources in tiers_by_resource.items():
        for tiers_found, together in _by_tiers(resources):
            entries[together, tiers_found].add(rule)
    tiers = {each.tier for each in facts.values()}
    return "\n".join(
        "\n".join(_entry(resources, found if set(found) != tiers else (), rules))
        + "\n"
        + "".join(_comment(rule, messages[rule]) for rule in sorted(rules))
        for (resources, found), rules in sorted(entries.items())
    )


def _by_tiers(
    resources: Mapping[str, Iterable[str]],
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Yield each set of tiers with the resources that have findings in it."""
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
    """Return a YAML list on one line."""
    quoted = (item if re.fullmatch(r"[A-Za-z][\w./ -]*", item) else f"'{item}'" for item in items)
    return f"[{', '.join(quoted)}]"
