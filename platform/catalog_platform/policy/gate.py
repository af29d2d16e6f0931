"""The policy gate: scans every template with both engines, and applies waivers.

A failed policy is a finding, and so is an incomplete scan.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from catalog_platform.findings import Finding, Location, Severity
from catalog_platform.policy import assembly as assemblies
from catalog_platform.policy import engines
from catalog_platform.policy.assembly import Resource, StackTemplate
from catalog_platform.policy.assembly_contents import unscanned
from catalog_platform.policy.check_counts import checks_of
from catalog_platform.policy.digests import violation_digest
from catalog_platform.policy.engines import Engines
from catalog_platform.policy.results import (
    CheckCount,
    PolicyResult,
    ScannedEnvironment,
    ScanResult,
)
from catalog_platform.policy.severities import Severities
from catalog_platform.policy.verdicts import PolicyOutcome, ScanProblem, TemplateScan, Verdict
from catalog_platform.policy.waivers import (
    ADD_A_WAIVER,
    EnvironmentFacts,
    Violation,
    Waivers,
)
from catalog_platform.stages import stage

Locate = Callable[[str, str], Location]
INCOMPLETE = "the scan is incomplete; fix the cause and scan again"
NO_ENVIRONMENT = ScanProblem(
    rule="scan-incomplete", message="no environment is selected for the scan"
)
NO_VERDICT = ScanProblem(rule="scan-incomplete", message="the engines did not scan the template")
SKIP_HINT = "remove the skip; if it is needed, add a waiver to policies/waivers.yaml"


def scan(
    assembly: Path,
    environments: Sequence[str],
    policies: Path,
    locate: Locate,
    *,
    known: Collection[EnvironmentFacts] | None = None,
    today: datetime.date | None = None,
    samples: Collection[str] = (),
    run: Engines = engines.run,
) -> ScanResult:
    """Scan the stacks of the environments; return findings and counts.

    `locate` returns the location of a manifest section. `known` are all existing environments with
    the facts that waivers select by (default: only the names of those scanned); waivers expire by
    `today` (default: UTC's). See `assembly.read` for `samples`. `run` runs the engines.
    """
    today = today or datetime.datetime.now(datetime.UTC).date()
    stacks, unreadable = assemblies.read(assembly, environments, samples=samples)
    facts = _facts(environments, known or ())
    waivers = Waivers(policies, "policy", today, facts.values())
    severities = Severities(policies)
    with stage("run the policies"):
        ran = run(assembly, stacks, policies / "checks")
    builder = ResultBuilder(waivers, facts, severities, locate, policies)
    general = [*ran.problems, *unscanned(assembly), *[NO_ENVIRONMENT] * (not environments)]
    problems = [builder.problem(problem, "", {}) for problem in general]
    results: list[PolicyResult] = []
    checks: list[CheckCount] = []
    by_name = {stack.environment: stack for stack in stacks}
    for name in environments:
        scans = ran.scans.get(name, [])
        resources = by_name[name].resources if name in by_name else {}
        of_stack = [*unreadable[name], *_problems(scans, name in by_name)]
        problems += [builder.problem(each, name, resources) for each in of_stack]
        verdicts = [verdict for scan in scans for verdict in scan.verdicts]
        found = [builder.result(verdict, name, resources) for verdict in verdicts]
        results += filter(None, found)
        checks += checks_of(name, zip(verdicts, found, strict=True), resources, severities)
    severities.report_unknown(ran.rules)
    severities.report_unlisted({each.policy for each in checks} & ran.policies)
    waivers.report_unmatched(by_name)
    waivers.report_expired(environments)
    return ScanResult(
        environments=tuple(_scanned(facts[n], severities, by_name.get(n)) for n in environments),
        results=tuple(results),
        checks=tuple(checks),
        problems=(*problems, *waivers.findings, *severities.findings),
        known_policies=ran.rules,
    )


def _problems(scans: Sequence[TemplateScan], is_read: bool) -> list[ScanProblem]:
    """Return the problems of a stack's scans; one if it could be read and was not scanned."""
    missing = [NO_VERDICT] if is_read and not scans else []
    return [*missing, *(problem for scan in scans for problem in scan.problems)]


def _facts(
    environments: Sequence[str], known: Collection[EnvironmentFacts]
) -> dict[str, EnvironmentFacts]:
    every = (*(EnvironmentFacts(name) for name in environments), *known)
    return {each.name: each for each in every}


def _scanned(
    facts: EnvironmentFacts, severities: Severities, stack: StackTemplate | None
) -> ScannedEnvironment:
    return ScannedEnvironment(
        name=facts.name,
        tier=facts.tier,
        target=facts.target,
        threshold=severities.threshold(facts.tier),
        template=stack.template.name if stack else "",
    )


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
            digest=violation_digest(resource, verdict.paths, resources, verdict.connected),
            detail=verdict.detail,
        )
        waiver = self._waivers.waiver_for(violation)
        hint = "" if waiver else self._waiver_hint(violation)
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
            hint=hint or (SKIP_HINT if is_skip else verdict.hint or ADD_A_WAIVER),
            waiver=waiver,
            fixing_keys=self._severities.keys(verdict.policy),
        )

    def _waiver_hint(self, violation: Violation) -> str:
        """Return why a waiver for the violation does not cover it; empty without such a waiver."""
        if waiver := self._waivers.covering_other_values(violation):
            return (
                f"the waiver {waiver.id} is for other values: they have changed, or this is another"
                f" violation; ask {waiver.owner} to review it ({violation.digest})"
            )
        if waiver := self._waivers.expired_for(violation):
            return (
                f"the waiver {waiver.id} of {waiver.owner} expired on {waiver.expires}: fix the "
                "resource, or ask for a new date"
            )
        return ""

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
