"""`catalogctl join`: report what all shards of a plan or scan have found."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from pathlib import Path

from catalog_platform.findings import has_errors
from catalog_platform.pipeline import join, shard_report
from catalog_platform.pipeline.judge import judge_at
from catalog_platform.pipeline.kept import manifests_of
from catalog_platform.pipeline.plan_reports import PlanReports
from catalog_platform.pipeline.scan_reports import ScanReports
from catalog_platform.policy.results import ScanResult
from catalog_platform.release.commit import current_commit
from catalog_platform.terminal.progress import Progress
from catalog_platform.versions.comparison_base import Base
from catalog_platform.workspace import Workspace


def run(
    workspace: Workspace,
    time: datetime.datetime | None = None,
    *,
    folders: Sequence[Path],
    format: str,  # noqa: A002 - the option's name
    out: Path | None,
) -> int:
    """Print the report of all shards, and return the exit code, as of one run without shards.

    Each of `folders` is one that `--shard` and `--out` have written. With `out`, the same files are
    written as by `plan` or `scan` without shards. `time` is that of the scan in the reports
    (default: now).

    Raises `UsageError` unless the folders have all shards of one run on the commit that is checked
    out, `PlatformError` when a file can't be read or written, `FindingsError` as `plan` does.
    """
    reports = {folder: shard_report.read(folder) for folder in folders}
    head = current_commit(workspace.root)
    join.check(reports, head.id if head else "")
    manifests, shards = manifests_of(workspace), [*reports.values()]
    time = time or datetime.datetime.now(datetime.UTC)
    plan, commit = join.joined_plan(shards), shards[0].base
    base = Base(commit, commit) if shards[0].policies_from_base else None
    with judge_at(manifests, base) as judge:
        scan = join.joined_scan(manifests, shards, judge)
        if plan is None:
            scans = ScanReports(format=format, time=time, out=out)
            scans.check()
            return int(has_errors(scans.publish(manifests, scan or ScanResult(), judge).findings))
        plans = PlanReports(format=format, out=out, time=time)
        plans.check(scan=scan is not None)
        return plans.publish(manifests, plan, scan, Progress(), judge)
