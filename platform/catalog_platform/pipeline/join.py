"""Join what all shards have found into what one run over all environments finds."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import msgspec

from catalog_platform.errors import UsageError
from catalog_platform.findings import Finding, Severity
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.scan import known_facts
from catalog_platform.pipeline.shard import Shard
from catalog_platform.pipeline.shard_report import ShardReport
from catalog_platform.plan.model import Plan
from catalog_platform.policy.comparison import EXPIRED
from catalog_platform.policy.results import ScanResult
from catalog_platform.policy.waivers import UNMATCHED, EnvironmentFacts, Violation, Waivers
from catalog_platform.workspace import Workspace

Item = TypeVar("Item")


def check(reports: Mapping[Path, ShardReport], commit: str) -> None:
    """Check that the reports are those of all shards of one run on `commit`, each once.

    Raises `UsageError` otherwise, with everything that is wrong: what is missing is not unchanged.
    """
    first = next(iter(reports.values()))
    wrong = [
        f"{folder}: is of another run than {next(iter(reports))}"
        for folder, report in reports.items()
        if report.run != first.run
    ]
    if first.commit != commit:
        wrong.append(f"the shards are of commit {first.commit[:12]}, not of {commit[:12]}")
    given: dict[int, list[Path]] = {}
    for folder, report in reports.items():
        given.setdefault(report.number, []).append(folder)
    for number in range(1, first.count + 1):
        folders = given.get(number, [])
        shard = Shard(number, first.count)
        if not folders:
            wrong.append(f"shard {shard} is missing")
        elif len(folders) > 1:
            wrong.append(f"shard {shard} is given twice: {', '.join(map(str, folders))}")
        elif not _has_its_part(reports[folders[0]], shard):
            wrong.append(f"{folders[0]}: has other environments than those of shard {shard}")
    if wrong:
        raise UsageError(
            "these are not all shards of one run:\n" + "\n".join(f"  {each}" for each in wrong),
            hint=f"give the folders of all {first.count} shards of the same run",
        )


def _has_its_part(report: ShardReport, shard: Shard) -> bool:
    part = shard.part(report.environments)
    if report.plan and tuple(each.environment for each in report.plan.environments) != part:
        return False
    scanned = {each.name for each in report.scan.environments} if report.scan else {*part}
    # A scan of its own has all, or findings that prevented it.
    is_whole = scanned == {*part} or bool(report.plan or (report.scan and report.scan.problems))
    return is_whole and scanned <= {*part}


def joined_plan(reports: Sequence[ShardReport]) -> Plan | None:
    """Return the plan of all environments; None if the shards have none."""
    plans = [each.plan for each in reports if each.plan is not None]
    if not plans:
        return None
    environments = [each for plan in plans for each in plan.environments]
    ordered = _ordered(environments, lambda each: each.environment, reports[0].environments)
    return msgspec.structs.replace(plans[0], environments=ordered)


def joined_scan(
    manifests: Manifests, reports: Sequence[ShardReport], judge: Workspace | None
) -> ScanResult | None:
    """Return the scan of all environments; None if the shards have none.

    Findings that concern no environment are in each shard that has scanned, and once in the whole.
    Which waivers are needed is decided again, because a shard doesn't know about the others. They
    are those of `judge`, by default of the working tree.
    """
    scans = [each.scan for each in reports if each.scan is not None]
    if not scans:
        return None
    every = reports[0].environments
    whole = ScanResult(
        environments=_all(scans, lambda each: each.environments, lambda each: each.name, every),
        results=_all(scans, lambda each: each.results, lambda each: each.environment, every),
        checks=_all(scans, lambda each: each.checks, lambda each: each.environment, every),
        problems=_problems(scans, every),
        base=next((each.base for each in scans if each.base is not None), None),
        fixed=_all(scans, lambda each: each.fixed, lambda each: each.environment, every),
        known_policies=frozenset[str]().union(*(each.known_policies for each in scans)),
    )
    unneeded = _unneeded(manifests, whole, judge)
    return replace(whole, problems=(*whole.problems, *unneeded))


def _all(
    scans: Iterable[ScanResult],
    items: Callable[[ScanResult], Iterable[Item]],
    name: Callable[[Item], str],
    order: Sequence[str],
) -> tuple[Item, ...]:
    return tuple(_ordered([each for scan in scans for each in items(scan)], name, order))


def _ordered(
    items: Iterable[Item], name: Callable[[Item], str], order: Sequence[str]
) -> list[Item]:
    """Return items in the order of their environments; those without one come first."""
    places = {each: place for place, each in enumerate(order)}
    return sorted(items, key=lambda each: places.get(name(each), -1))


def _problems(scans: Iterable[ScanResult], order: Sequence[str]) -> tuple[Finding, ...]:
    found = _all(scans, lambda each: each.problems, lambda each: each.environment, order)
    needing = {each.location for each in found if each.rule == EXPIRED and each.environment}
    seen: set[Finding] = set()
    problems = []
    for each in found:
        if not each.environment:
            # It concerns no environment of a shard, but one of another shard.
            if each in seen or (each.rule == EXPIRED and each.location in needing):
                continue
            seen.add(each)
        problems.append(each)
    return tuple(problems)


def _unneeded(manifests: Manifests, scan: ScanResult, judge: Workspace | None) -> list[Finding]:
    """Return the notes about waivers for tiers, targets or all that cover no result."""
    workspace = manifests.workspace
    if not scan.environments:
        return []
    waivers = Waivers(
        (judge or workspace).policies,
        "policy",
        datetime.datetime.now(datetime.UTC).date(),
        known_facts(workspace, manifests, judge),
    )
    facts = {e.name: EnvironmentFacts(e.name, e.tier, e.target) for e in scan.environments}
    for each in scan.results:
        if each.waiver is not None:
            waivers.waives(
                Violation(
                    kind="policy",
                    rule=each.policy,
                    environment=facts[each.environment],
                    resource=each.resource,
                    digest=each.digest,
                    detail=each.detail,
                )
            )
    waivers.report_unmatched([each.name for each in scan.environments if each.template])
    found = waivers.findings
    return [each for each in found if each.rule == UNMATCHED and each.severity is Severity.NOTE]
