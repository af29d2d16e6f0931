"""The policy gate: scans every template with both engines, and applies waivers.

A failed policy is a finding, and so is an incomplete scan.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from catalog_platform.findings import Finding, Location, Severity
from catalog_platform.policy import assembly as assemblies
from catalog_platform.policy.assembly import Resource, StackTemplate
from catalog_platform.policy.assembly_contents import unscanned
from catalog_platform.policy.check_counts import checks_of
from catalog_platform.policy.digests import violation_digest
from catalog_platform.policy.isolation import isolated
from catalog_platform.policy.results import (
    CheckCount,
    PolicyResult,
    ScannedEnvironment,
    ScanResult,
)
from catalog_platform.policy.severities import Severities
from catalog_platform.policy.skips import skip_comments, unused_skips
from catalog_platform.policy.unevaluated import unevaluated
from catalog_platform.policy.verdicts import PolicyOutcome, ScanProblem, TemplateScan, Verdict
from catalog_platform.policy.waivers import (
    ADD_A_WAIVER,
    EnvironmentFacts,
    Violation,
    Waivers,
)

Locate = Callable[[str, str], Location]
INCOMPLETE = "the scan is incomplete; fix the cause and scan again"
NO_ENVIRONMENT = ScanProblem(
    rule="scan-incomplete", message="no environment is selected for the scan"
)
SKIP_HINT = "remove the skip; if it is needed, add a waiver to policies/waivers.yaml"


def scan(
    assembly: Path,
    environments: Sequence[str],
    policies: Path,
    locate: Locate,
    *,
    known: Collection[EnvironmentFacts] | None = None,
    today: datetime.date | None = None,
) -> ScanResult:
    """Scan the stacks of the environments; return findings and counts.

    `locate` returns the location of a manifest section. `known` are all existing environments with
    the facts that waivers select by (default: only the names of those scanned). `today` decides
    which waivers have expired (default: today, UTC). Content of the assembly that cannot be
    read becomes a finding, not an exception.
    """
    today = today or datetime.datetime.now(datetime.UTC).date()
    stacks, unreadable = assemblies.read(assembly, environments)
    facts = {name: EnvironmentFacts(name) for name in environments}
    facts |= {each.name: each for each in known or ()}
    waivers = Waivers(policies, "policy", today, facts.values())
    severities = Severities(policies)
    scans, general, rules = _run_engines(stacks, policies / "checks")
    severities.report_unknown(rules.every)
    builder = ResultBuilder(waivers, facts, severities, locate, policies)
    general += unscanned(assembly)
    if not environments:
        general.append(NO_ENVIRONMENT)
    problems: list[Finding] = [builder.problem(problem, "", {}) for problem in general]
    results: list[PolicyResult] = []
    checks: list[CheckCount] = []
    by_name = {stack.environment: stack for stack in stacks}
    for name in environments:
        resources = by_name[name].resources if name in by_name else {}
        problems += [builder.problem(problem, name, resources) for problem in unreadable[name]]
        for scan in scans.get(name, ()):
            problems += [builder.problem(each, name, resources) for each in scan.problems]
        verdicts = [verdict for scan in scans.get(name, ()) for verdict in scan.verdicts]
        found = [builder.result(verdict, name, resources) for verdict in verdicts]
        results += [result for result in found if result is not None]
        checks += checks_of(name, zip(verdicts, found, strict=True), resources, severities)
    severities.report_unlisted({each.policy for each in checks} & rules.listed)
    waivers.report_unmatched(by_name)
    return ScanResult(
        environments=tuple(_scanned(facts[name], severities) for name in environments),
        results=tuple(results),
        checks=tuple(checks),
        problems=(*problems, *waivers.findings, *severities.findings),
    )


def _scanned(facts: EnvironmentFacts, severities: Severities) -> ScannedEnvironment:
    return ScannedEnvironment(
        name=facts.name,
        tier=facts.tier,
        target=facts.target,
        threshold=severities.threshold(facts.tier),
    )


@dataclass(frozen=True, slots=True)
class Rules:
    """The ids of all policies, and of those that `severities.yaml` must list if they run.

    AWS's validation has severities of its own.
    """

    every: frozenset[str]
    listed: frozenset[str]


def _run_engines(
    stacks: Sequence[StackTemplate], checks: Path
) -> tuple[dict[str, list[TemplateScan]], list[ScanProblem], Rules]:
    with isolated() as logged:
        # Importing checkov takes seconds, and must happen inside the isolation.
        from catalog_platform.policy import checkov_engine, registration
        from catalog_platform.policy.validator import Validator

        validator = Validator()
        scans: dict[str, list[TemplateScan]] = {}
        with registration.registered(checks) as (policies, problems, ids):
            unknown = validator.unknown_types(kind for each in policies for kind in each.types)
            for policy in policies:
                problems += [
                    ScanProblem(
                        rule="scan-policy",
                        message=f"CloudFormation has no resource type {kind}",
                        file=policy.file,
                    )
                    for kind in sorted(policy.types & unknown)
                ]
            for stack in stacks:
                checked = checkov_engine.scan(stack, policies)
                checked.problems += unused_skips(stack, checked.verdicts)
                checked.problems += [*skip_comments(stack), *unevaluated(stack)]
                scans[stack.environment] = [checked, validator.scan(stack)]
        problems += [
            ScanProblem(rule="scan-log", message=f"checkov logged: {line}")
            for line in dict.fromkeys(logged)
        ]
        return scans, problems, Rules(ids | validator.rules, ids)


class ResultBuilder:
    """Build results and findings from verdicts and problems of the engines."""

    def __init__(
        self,
        waivers: Waivers,
        facts: Mapping[str, EnvironmentFacts],
        severities: Severities,
        locate: Locate,
        policies: Path,
    ) -> None:
        self._waivers = waivers
        self._facts = facts
        self._severities = severities
        self._locate = locate
        self._policies = policies

    def result(
        self, verdict: Verdict, environment: str, resources: Mapping[str, Resource]
    ) -> PolicyResult | None:
        """Return the result of a failed or skipped policy, None when it passed."""
        if verdict.outcome is PolicyOutcome.PASSED:
            return None
        resource = resources.get(verdict.logical_id)
        facts = self._facts[environment]
        violation = Violation(
            kind="policy",
            rule=verdict.policy,
            environment=facts,
            resource=resource.subject if resource else verdict.logical_id,
            digest=violation_digest(resource, verdict.paths, resources),
        )
        waiver = self._waivers.waiver_for(violation)
        is_skip = verdict.outcome is PolicyOutcome.SKIPPED
        return PolicyResult(
            environment=environment,
            policy=verdict.policy,
            message=f"the template skips {verdict.policy}" if is_skip else verdict.message,
            severity=self._severities.of(verdict.policy, verdict.severity),
            threshold=self._severities.threshold(facts.tier),
            outcome=verdict.outcome,
            resource=violation.resource,
            location=self._locate(environment, resource.section if resource else ""),
            logical_id=verdict.logical_id,
            type=resource.type if resource else "",
            section=resource.section if resource else "",
            detail=verdict.detail,
            paths=verdict.paths,
            digest=violation.digest,
            hint=SKIP_HINT if is_skip else self._hint(violation) or verdict.hint or ADD_A_WAIVER,
            waiver=waiver,
        )

    def _hint(self, violation: Violation) -> str:
        waiver = self._waivers.covering_other_values(violation)
        if waiver is None:
            return ""
        return f"the waiver {waiver.id} is for other values; review these ({violation.digest})"

    def problem(
        self, problem: ScanProblem, environment: str, resources: Mapping[str, Resource]
    ) -> Finding:
        """Return the finding of a problem; it is always an error and cannot be waived."""
        resource = resources.get(problem.logical_id)
        if problem.file is not None or not environment:
            location = Location(_shown(problem.file or self._policies, self._policies.parent))
        else:
            location = self._locate(environment, resource.section if resource else "")
        return Finding(
            rule=problem.rule,
            severity=Severity.ERROR,
            message=problem.message,
            hint=problem.hint or INCOMPLETE,
            path=resource.subject if resource else problem.logical_id,
            environment=environment,
            location=location,
        )


def _shown(file: Path, root: Path) -> str:
    return str(file.relative_to(root) if file.is_relative_to(root) else file)
