"""The policy gate: scans every template with both engines, and applies waivers.

A failed policy is a finding, and so is an incomplete scan.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from catalog_platform.findings import Finding, Location, Severity
from catalog_platform.policy import assembly as assemblies
from catalog_platform.policy.assembly import Resource, StackTemplate
from catalog_platform.policy.digests import violation_digest
from catalog_platform.policy.isolation import isolated
from catalog_platform.policy.severities import Severities
from catalog_platform.policy.skips import unused_skips
from catalog_platform.policy.verdicts import (
    Counts,
    PolicyOutcome,
    ScanProblem,
    ScanResult,
    TemplateScan,
    Verdict,
)
from catalog_platform.policy.waivers import (
    ADD_A_WAIVER,
    EnvironmentFacts,
    Violation,
    Waivers,
)

Locate = Callable[[str, str], Location]
INCOMPLETE = "the scan is incomplete; fix the cause and scan again"


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
    stacks, problems = assemblies.read(assembly, environments)
    facts = {name: EnvironmentFacts(name) for name in environments}
    facts |= {each.name: each for each in known or ()}
    waivers = Waivers(policies, "policy", today, facts.values())
    severities = Severities(policies)
    scans, general, rules = _run_engines(stacks, policies / "checks")
    severities.report_unknown(rules)
    builder = FindingBuilder(waivers, facts, severities, locate, policies)
    if not environments:
        general.append(
            ScanProblem(rule="scan-incomplete", message="no environment is selected for the scan")
        )
    findings: list[Finding] = [builder.problem(problem, "", {}) for problem in general]
    counts: dict[str, Counts] = {}
    by_name = {stack.environment: stack for stack in stacks}
    for name in environments:
        resources = by_name[name].resources if name in by_name else {}
        found = [builder.problem(problem, name, resources) for problem in problems[name]]
        passed = waived = 0
        for result in scans.get(name, ()):
            found += [builder.problem(problem, name, resources) for problem in result.problems]
            for verdict in result.verdicts:
                finding = builder.verdict(verdict, name, resources)
                passed += verdict.outcome is PolicyOutcome.PASSED
                waived += verdict.outcome is not PolicyOutcome.PASSED and finding is None
                found += [finding] if finding is not None else []
        counts[name] = Counts(passed=passed, failed=len(found), waived=waived)
        findings += found
    waivers.report_unmatched(by_name)
    findings += [*waivers.findings, *severities.findings]
    return ScanResult(tuple(sorted(findings, key=_order)), counts)


def _run_engines(
    stacks: Sequence[StackTemplate], checks: Path
) -> tuple[dict[str, list[TemplateScan]], list[ScanProblem], frozenset[str]]:
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
                scans[stack.environment] = [checked, validator.scan(stack)]
        problems += [
            ScanProblem(rule="scan-log", message=f"checkov logged: {line}")
            for line in dict.fromkeys(logged)
        ]
        return scans, problems, ids | validator.rules


class FindingBuilder:
    """Build findings from verdicts and problems of the engines."""

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

    def verdict(
        self, verdict: Verdict, environment: str, resources: Mapping[str, Resource]
    ) -> Finding | None:
        """Return a finding for a failed or skipped policy, or None when it passed or is waived."""
        if verdict.outcome is PolicyOutcome.PASSED:
            return None
        resource = resources.get(verdict.logical_id)
        subject = resource.subject if resource else verdict.logical_id
        violation = Violation(
            kind="policy",
            rule=verdict.policy,
            environment=self._facts[environment],
            resource=subject,
            digest=violation_digest(resource, verdict.paths, resources),
        )
        if self._waivers.waives(violation):
            return None
        location = self._locate(environment, resource.section if resource else "")
        if verdict.outcome is PolicyOutcome.SKIPPED:
            return Finding(
                rule="scan-skip",
                message=f"the template skips {verdict.policy} without a waiver",
                hint="remove the skip; if it is needed, add a waiver to policies/waivers.yaml",
                path=subject,
                environment=environment,
                location=location,
            )
        return Finding(
            rule=verdict.policy,
            severity=self._severities.of(verdict.policy, verdict.severity),
            message=verdict.message,
            hint=self._hint(violation) or verdict.hint or ADD_A_WAIVER,
            path=subject,
            environment=environment,
            location=location,
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


def _order(finding: Finding) -> tuple[object, ...]:
    return (finding.sort_key, finding.environment, finding.path)
