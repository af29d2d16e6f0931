"""`catalogctl plan`: show what a merge does to the deployed stacks."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from catalog_platform.errors import UsageError
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline import shard_report
from catalog_platform.pipeline.judge import judge_at
from catalog_platform.pipeline.kept import manifests_of
from catalog_platform.pipeline.plan_reports import PlanReports
from catalog_platform.pipeline.planning import make_plan
from catalog_platform.pipeline.planning.account import account_of
from catalog_platform.pipeline.shard import Shard
from catalog_platform.plan.model import Plan
from catalog_platform.policy.results import ScanResult
from catalog_platform.terminal.progress import Progress
from catalog_platform.versions.comparison_base import Base
from catalog_platform.workspace import Workspace


def run(
    workspace: Workspace,
    time: datetime.datetime | None = None,
    *,
    names: Sequence[str],
    base: str | None,
    cache: Path | None = None,
    out: Path | None = None,
    format: str,  # noqa: A002 - the option's name
    against: str | None = None,
    scan: bool = False,
    policies_from_base: bool = False,
    shard: Shard | None = None,
) -> int:
    """Print the plan; return 1 when a change needs an acknowledgement, or one isn't known.

    With `out`, also write plan.json, plan.md, plan.html and rehearsals.json to that folder. Stacks
    of the base are kept below `cache`, by default in the build folder. With `against`, the accounts
    of the environments are asked too; a question without an answer also returns 1. With `scan`,
    what differs from the base is scanned as well: the report follows the plan, in `out` it is
    scan.txt and so on, and a new finding also returns 1; see `commands.scan` for
    `policies_from_base`.
    `shard` selects a part of the environments; `out` then gets only what `catalogctl join` reads.
    `time` is that of the scan in the reports (default: now).

    Raises `FindingsError` when `policies/waivers.yaml` is malformed, `UsageError` for an unknown
    environment or commit, or an `out` that is a file, `PlatformError` when the base can't be
    checked out or a file can't be written.
    """
    _check_options(against, scan, policies_from_base, shard)
    time = time or datetime.datetime.now(datetime.UTC)
    reports = PlanReports(format=format, out=out, time=time)
    reports.check(scan=scan)
    progress = Progress()
    manifests = manifests_of(workspace)
    part = _Part(shard)
    found: ScanResult | None = None
    if scan:
        made, found = _reviewed(manifests, names, base, cache, progress, policies_from_base, part)
    else:
        account = account_of(workspace, names, progress) if against else None
        made = make_plan(manifests, names, base, progress, account, cache=cache, part=part)
    if shard is not None and out is not None:
        _write(out, workspace, part, made, found, policies_from_base)
    with judge_at(manifests, _judging(made) if policies_from_base else None) as judge:
        if shard is None:
            return reports.publish(manifests, made, found, progress, judge)
        # Only all shards together know that an acknowledgement covers nothing.
        return replace(reports, out=None).publish(manifests, made, found, None, judge)


def _judging(made: Plan) -> Base:
    return Base(made.base.ref, made.base.commit)


def _write(
    out: Path,
    workspace: Workspace,
    part: _Part,
    made: Plan,
    found: ScanResult | None,
    policies_from_base: bool,
) -> None:
    assert part.shard is not None  # noqa: S101 - the caller has checked it
    shard_report.write(
        out,
        workspace,
        part.shard,
        part.every,
        plan=made,
        scan=found,
        base=made.base.commit,
        policies_from_base=policies_from_base,
    )


@dataclass(slots=True)
class _Part:
    """Selects the environments of a shard, or all, and knows of which."""

    shard: Shard | None
    every: tuple[str, ...] = field(default=())

    def __call__(self, names: tuple[str, ...]) -> tuple[str, ...]:
        self.every = names
        return names if self.shard is None else self.shard.part(names)


def _check_options(
    against: str | None, scan: bool, policies_from_base: bool, shard: Shard | None
) -> None:
    if policies_from_base and not scan:
        raise UsageError("--policies-from-base needs --scan", hint="scan what differs: --scan")
    if scan and against:
        raise UsageError("--scan and --against exclude each other", hint="run plan twice")
    if shard and against:
        raise UsageError(
            "--shard and --against exclude each other", hint="name the environments instead"
        )


def _reviewed(
    manifests: Manifests,
    names: Sequence[str],
    base: str | None,
    cache: Path | None,
    progress: Progress,
    policies_from_base: bool,
    part: _Part,
) -> tuple[Plan, ScanResult]:
    # Imported here because a plan without a scan does not need it.
    from catalog_platform.pipeline.review import Review

    review = Review(manifests.workspace, progress)
    try:
        return review.run(
            manifests, names, base, cache=cache, from_base=policies_from_base, part=part
        )
    finally:
        review.stop()
