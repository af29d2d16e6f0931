"""Writes `docs/scanners.md`: figures by scanner and environment, and every accepted finding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from catalog_platform.policy.results import Counts
from catalog_platform.policy.waiver_format import Waiver
from support.control_tower import RuleResults
from support.scanners import ScannerFinding

TITLES = {
    "cfn-lint": "cfn-lint, errors and warnings",
    "CloudFormation Validate": "the CDK's own validation",
    "AwsSolutions": "cdk-nag AwsSolutions",
    "HIPAA.Security": "cdk-nag HIPAA Security",
    "NIST.800.53.R5": "cdk-nag NIST 800-53 R5",
    "PCI.DSS.321": "cdk-nag PCI DSS 3.2.1",
    "Serverless": "cdk-nag Serverless",
    "Control Tower": "AWS Control Tower, 237 rules",
}
# Measured with the same versions of the scanners on the stack from which this one is derived.
BEFORE = {
    "cfn-lint": (3, 10),
    "CloudFormation Validate": (0, 0),
    "AwsSolutions": (17, 17),
    "HIPAA.Security": (16, 21),
    "NIST.800.53.R5": (16, 21),
    "PCI.DSS.321": (10, 15),
    "Serverless": (3, 3),
    "Control Tower": (15, 19),
}
CONTROL_TOWER_PASSED_BEFORE = 27
CHECKOV_BEFORE = Counts(passed=102, failed=16)
PAGE = """\
# External scanners

<!-- `pytest --golden tests/scanners` writes this page; a test fails when it is out of date. -->

Every deployment must pass the policies in `policies/`. In addition, the test suite runs external
scanners on its own environments (`tests/manifests/environments/`), which together use every option
of a manifest. A finding must be fixed, or accepted with a waiver of kind `scanner` in
[policies/waivers.yaml](../policies/waivers.yaml). The tests fail for a finding without a waiver and
for a waiver without a finding. The tests ignore each scanner's own suppressions. Planted mistakes
prove that each scanner works.

## Findings

Each cell shows the number of rules with findings / the number of findings (one for each rule and
resource). "Before" is the production stack from which this one is derived, scanned with the same
versions.

{findings}

## Passed and failed

Some scanners also count passed rules. "Policies" are those of checkov, the catalog's own, and AWS's
template validation; "before" used checkov only.

{passed}

## Accepted findings

| reason | rules | resources | scope |
|---|---|---|---|
{accepted}
"""


@dataclass(frozen=True)
class Figures:
    """The content of the page; `missing` are findings without a waiver."""

    environments: Sequence[str]
    findings: frozenset[ScannerFinding]
    missing: frozenset[ScannerFinding]
    waivers: Sequence[Waiver]
    rule_results: RuleResults
    policies: Mapping[str, Counts]


def page(figures: Figures) -> str:
    """The page, in Markdown."""
    return PAGE.format(
        findings=_findings(figures),
        passed=_passed(figures),
        accepted="\n".join(map(_accepted, figures.waivers)),
    )


def _findings(figures: Figures) -> str:
    rows = []
    for tool, title in TITLES.items():
        own = [finding for finding in figures.findings if finding.tool == tool]
        found = [_in(name, own) for name in figures.environments]
        now = [f"{len({finding.rule for finding in each})} / {len(each)}" for each in found]
        rows.append([title, "{} / {}".format(*BEFORE[tool]), *now])
    accepted = figures.findings - figures.missing
    now = [str(len(_in(name, accepted))) for name in figures.environments]
    rows.append(["findings with a waiver", "0", *now])
    now = [str(len(_in(name, figures.missing))) for name in figures.environments]
    rows.append(["findings without a waiver", str(sum(n for _, n in BEFORE.values())), *now])
    return _table(["scanner", "before", *figures.environments], rows)


def _in(environment: str, findings: Iterable[ScannerFinding]) -> list[ScannerFinding]:
    return [finding for finding in findings if finding.environment == environment]


def _passed(figures: Figures) -> str:
    policies = [figures.policies[name] for name in figures.environments]
    passed = [figures.rule_results.passed[name] for name in figures.environments]
    rows = [
        ["policies: passed", CHECKOV_BEFORE.passed, *(counts.passed for counts in policies)],
        ["policies: failed", CHECKOV_BEFORE.failed, *(counts.failed for counts in policies)],
        ["policies: waived", CHECKOV_BEFORE.waived, *(counts.waived for counts in policies)],
        ["AWS Control Tower: rules passed", CONTROL_TOWER_PASSED_BEFORE, *passed],
    ]
    return _table(["", "before", *figures.environments], rows)


def _accepted(waiver: Waiver) -> str:
    tools: dict[str, list[str]] = defaultdict(list)
    for rule in waiver.rules:
        tool, _, name = rule.partition("/")
        tools[name].append(tool)
    rules = "; ".join(f"{', '.join(names)}: `{name}`" for name, names in tools.items())
    resources = ", ".join(f"`{resource}`" for resource in waiver.resources)
    cells = (" ".join(waiver.reason.split()), rules, resources, ", ".join(waiver.selected) or "all")
    return f"| {' | '.join(cells)} |"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)
