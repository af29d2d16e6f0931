"""Writes `docs/second-opinions.md`: figures by tool and environment, and every argument."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from catalog_platform.policy.verdicts import Counts
from support.control_tower import Judgement
from support.opinions import Acknowledgement, Opinion, unargued

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
# Measured with the same versions of the tools on the stack that this one grew from.
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
CONTROL_TOWER_FOLLOWED_BEFORE = 27
CHECKOV_BEFORE = Counts(passed=102, failed=16)
PAGE = """\
# Second opinions

<!-- `pytest --golden tests/opinions` writes this page; a test fails when it is out of date. -->

The gate of every deployment is `policies/`. Beside it, the test suite holds every environment
against rules that others wrote. What they find is followed, or it is acknowledged with a reason in
one place: `tests/opinions/acknowledged.yaml`. A finding that is not listed there fails the tests,
and so does an entry that no tool says any more, or one whose day is over: each has an owner, who
looks at it again every year. No tool is told to look away: what its own ways of suppressing would
hide is found all the same. Each tool is shown to bite on planted mistakes.

## Findings

How many rules found something / how many findings that makes, one for each rule and resource.
"Before" is the production stack that this one grew from, held against the same versions of the
tools. The reasons for what is acknowledged are at the end.

{findings}

## Passed and failed

From the tools that count what is in order. The gate is checkov, the catalog's own policies and
AWS's validator; before, it was checkov alone. What it waives is in `policies/ledger.yaml`.

{passed}

## What is not followed, and why

| why | rules | resources | in | who answers, until |
|---|---|---|---|---|
{arguments}
"""


@dataclass(frozen=True)
class Figures:
    """All that the page tells about."""

    environments: Sequence[str]
    opinions: frozenset[Opinion]
    acknowledged: Sequence[Acknowledgement]
    judgement: Judgement
    gate: Mapping[str, Counts]


def page(figures: Figures) -> str:
    """The page, in Markdown."""
    arguments = (_argument(entry, figures.environments) for entry in figures.acknowledged)
    return PAGE.format(
        findings=_findings(figures),
        passed=_passed(figures),
        arguments="\n".join(arguments),
    )


def _findings(figures: Figures) -> str:
    rows = []
    for tool, title in TITLES.items():
        own = [opinion for opinion in figures.opinions if opinion.tool == tool]
        found = [_in(name, own) for name in figures.environments]
        now = [f"{len({opinion.rule for opinion in each})} / {len(each)}" for each in found]
        rows.append([title, "{} / {}".format(*BEFORE[tool]), *now])
    left = unargued(figures.opinions, figures.acknowledged, figures.environments)
    argued = figures.opinions - left
    now = [str(len(_in(name, argued))) for name in figures.environments]
    rows.append(["findings that are acknowledged", "0", *now])
    now = [str(len(_in(name, left))) for name in figures.environments]
    rows.append(["findings that are not", str(sum(n for _, n in BEFORE.values())), *now])
    return _table(["tool", "before", *figures.environments], rows)


def _in(environment: str, opinions: Iterable[Opinion]) -> list[Opinion]:
    return [opinion for opinion in opinions if opinion.environment == environment]


def _passed(figures: Figures) -> str:
    gate = [figures.gate[name] for name in figures.environments]
    followed = [figures.judgement.followed[name] for name in figures.environments]
    rows = [
        ["the gate: passed", CHECKOV_BEFORE.passed, *(counts.passed for counts in gate)],
        ["the gate: failed", CHECKOV_BEFORE.failed, *(counts.failed for counts in gate)],
        ["the gate: waived", CHECKOV_BEFORE.waived, *(counts.waived for counts in gate)],
        ["AWS Control Tower: rules followed", CONTROL_TOWER_FOLLOWED_BEFORE, *followed],
    ]
    return _table(["", "before", *figures.environments], rows)


def _argument(entry: Acknowledgement, environments: Sequence[str]) -> str:
    tools: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for tool, rules in entry.rules.items():
        tools[rules].append(tool)
    rules_cell = "; ".join(f"{', '.join(names)}: {_code(rules)}" for rules, names in tools.items())
    where = ", ".join(entry.environments) or "all"
    if set(entry.environments) == set(environments):
        where = "all"
    until = f"{entry.owner}, {entry.expires}"
    cells = (entry.reason.strip(), rules_cell, _code(entry.resources), where, until)
    return f"| {' | '.join(cells)} |"


def _code(items: Iterable[str]) -> str:
    return ", ".join(f"`{item}`" for item in items)


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [head, ["---"] + ["---:"] * (len(head) - 1), *rows]
    return "\n".join(f"| {' | '.join(map(str, line))} |" for line in lines)
