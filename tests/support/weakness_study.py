"""Scans a template with planted weaknesses by the policy gate.

A scan of the whole template takes longer than a second, so each has several weaknesses, which are
too far from each other to affect the same result. A result is attributed to the weakness of its
resource, or of the only one next to it. Weaknesses that share a result are planted again, one by
one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from catalog_platform.findings import Severity
from catalog_platform.manifest import Manifests
from catalog_platform.policy import gate
from catalog_platform.policy.results import PolicyResult, ScanResult
from catalog_platform.policy.waivers import EnvironmentFacts
from support import templates, waivers
from support.edits import with_value
from support.manifests import EXAMPLES
from support.synthesis import Template, assembly_of
from support.weakness_groups import Group, Neighbourhood
from support.weaknesses import Planter, Weakness

BASE = "production"
OURS = "CKV_CATALOG_"
CHECKOV = "CKV"


@dataclass
class Outcome:
    """The policies that stop a deployment with a weakness.

    `checkov` are the policies of checkov that fail, and don't without the weakness.
    """

    caught_by: set[str] = field(default_factory=set)
    checkov: set[str] = field(default_factory=set)


def production(folder: Path) -> Template:
    """Synthesise the test suite's production environment, with a function URL in addition."""
    manifest = with_value(Manifests(EXAMPLES).load(BASE), "reader.function_url", True)
    return Template(assembly_of(folder, [manifest]), BASE)


class Study:
    """Scan a template with its weaknesses; the assemblies are written below `folder`."""

    def __init__(self, template: Template, folder: Path) -> None:
        self._template = template
        self._folder = folder
        self._planter = Planter(template)
        self._neighbourhood = Neighbourhood(template, self._planter)

    @property
    def weaknesses(self) -> list[Weakness]:
        """All weaknesses of the template."""
        return self._planter.weaknesses

    def outcomes(self, weaknesses: Sequence[Weakness]) -> dict[str, Outcome]:
        """Scan weaknesses in groups; return the outcomes by id.

        Those that share a result are scanned again in smaller groups, then alone. Uncaught ones are
        scanned alone, too. If one is then caught, its result had been attributed to another one of
        its group, so all of them are scanned again.
        """
        groups = self._neighbourhood.groups(weaknesses)
        found, again = self._scanned(groups)
        smaller = self._neighbourhood.groups(again, apart=True)
        more, again = self._scanned(smaller)
        found |= more
        again += [each for each in weaknesses if each.id in found and not found[each.id].caught_by]
        alone = self.alone(again)
        missed = [each.id for each in again if each.id in found and alone[each.id].caught_by]
        mates = [
            each
            for members in (*groups, *smaller)
            if any(member.id in missed for member in members)
            for each in members
            if each.id not in alone
        ]
        return found | alone | self.alone(mates)

    def alone(self, weaknesses: Sequence[Weakness]) -> dict[str, Outcome]:
        """Scan weaknesses one by one; return the outcomes by id."""
        return self._scanned([[each] for each in weaknesses])[0]

    def _scanned(self, groups: Sequence[Group]) -> tuple[dict[str, Outcome], list[Weakness]]:
        """Return outcomes by id, and the weaknesses that share a result with others of a group.

        Each group is an environment of its own, so the gate checks it with the waivers and
        severities of production.
        """
        if not groups:
            return {}, []
        names = {f"{BASE}-{number}": each for number, each in enumerate(groups)}
        assembly = self._folder / f"assembly-{len(list(self._folder.iterdir()))}"
        self._write(assembly, {BASE: (), **names})
        result = _scan(assembly, [BASE, *names])
        found: dict[str, Outcome] = {}
        again: list[Weakness] = []
        for name, members in names.items():
            outcomes, shared = self._attributed(result, name, members)
            again += shared
            found |= {each.id: outcomes[each.id] for each in members if each not in shared}
        return found, again

    def _attributed(
        self, result: ScanResult, name: str, members: Sequence[Weakness]
    ) -> tuple[dict[str, Outcome], list[Weakness]]:
        base = [each for each in result.results if each.environment == BASE]
        before = {_identity(each) for each in base}
        errors_before = {_identity(each) for each in base if _is_error(each)}
        outcomes = {each.id: Outcome() for each in members}
        shared: list[Weakness] = []

        def outcome_of(logical_id: str) -> Outcome:
            causes = self._neighbourhood.causes(logical_id, members)
            if len(causes) > 1:
                shared.extend(each for each in causes if each not in shared)
            return outcomes[causes[0].id]

        for each in result.results:
            is_new = _identity(each) not in before
            is_error = _is_error(each) and _identity(each) not in errors_before
            if each.environment == name and is_error:
                outcome_of(each.logical_id).caught_by.add(each.policy)
            if each.environment == name and is_new and _is_of_checkov(each.policy):
                outcome_of(each.logical_id).checkov.add(each.policy)
        for problem in result.problems:
            if problem.environment == name:
                outcome_of("").caught_by.add(problem.rule)
        return outcomes, shared

    def _write(self, assembly: Path, stacks: Mapping[str, Iterable[Weakness]]) -> None:
        """Write an assembly with a stack for each group of weaknesses."""
        assembly.mkdir()
        artifact = self._template.manifest["artifacts"][f"catalog-{BASE}"]
        # Paths without the name of the stack fit all stacks.
        file = artifact["additionalMetadataFile"]
        metadata = json.loads((self._template.assembly / file).read_text())
        paths = {path.removeprefix(f"/catalog-{BASE}"): each for path, each in metadata.items()}
        (assembly / file).write_text(json.dumps(paths))
        artifacts = {}
        for name, members in stacks.items():
            template = f"{name}.template.json"
            content = self._planter.plant(members)
            (assembly / template).write_text(json.dumps(content, indent=1))
            properties = {**artifact["properties"], "templateFile": template}
            artifacts[f"catalog-{name}"] = {**artifact, "properties": properties}
        manifest = {**self._template.manifest, "artifacts": artifacts}
        (assembly / "manifest.json").write_text(json.dumps(manifest))


def _scan(assembly: Path, environments: Sequence[str]) -> ScanResult:
    known = {each.name: each for each in waivers.known()}
    known |= {name: EnvironmentFacts(name, BASE, "aws") for name in environments}
    return gate.scan(
        assembly,
        environments,
        waivers.POLICIES,
        templates.locate,
        known=known.values(),
        today=waivers.day(),
    )


def _is_of_checkov(policy: str) -> bool:
    return policy.startswith(CHECKOV) and not policy.startswith(OURS)


def _is_error(result: PolicyResult) -> bool:
    return result.finding is not None and result.finding.severity is Severity.ERROR


def _identity(result: PolicyResult) -> tuple[str, str, str]:
    return result.policy, result.resource, result.detail
