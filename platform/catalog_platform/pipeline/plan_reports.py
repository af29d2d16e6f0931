"""Print and write the reports of a plan, with those of the scan of the same synthesis."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import UNSET

from catalog_platform.errors import FindingsError, UsageError
from catalog_platform.findings import has_errors
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.planning.acknowledgements import with_acknowledgements
from catalog_platform.plan.model import EnvironmentPlan, Plan
from catalog_platform.policy.results import ScanResult
from catalog_platform.release.commit import Commit
from catalog_platform.report import (
    file,
    github,
    plan_github,
    plan_html,
    plan_json,
    plan_markdown,
    plan_text,
    rehearsal_matrix,
    scan_markdown,
)
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace

if TYPE_CHECKING:
    from catalog_platform.report.scan_context import ScanContext

RENDERERS = {
    "text": plan_text.render,
    "markdown": plan_markdown.render,
    "json": plan_json.render,
    "html": plan_html.render,
    "github": plan_github.render,
}
FILES = {"plan.json": "json", "plan.md": "markdown", "plan.html": "html"}
# What the workflow of a pull request reads.
MATRIX, ALERTS = "rehearsals.json", "alerts.sarif"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanReports:
    """The reports that a command line asks for: one to print, and the files of the folder `out`.

    `time` is that of the scan in its reports.
    """

    format: str
    out: Path | None
    time: datetime.datetime

    def check(self, *, scan: bool) -> None:
        """Raise `UsageError` for a format that can't have both, or an `out` that is a file."""
        if self.out is not None:
            file.check_folder(self.out)
        if scan and self.format in ("json", "html"):
            raise UsageError(
                f"--scan: two documents in format {self.format} cannot be printed",
                hint="write them to a folder: --out DIR",
            )

    def publish(
        self,
        manifests: Manifests,
        made: Plan,
        found: ScanResult | None,
        progress: Progress | None,
        judge: Workspace | None = None,
    ) -> int:
        """Print and write a plan with its acknowledgements, and its scan if it has one.

        `progress` shows notes about acknowledgements. These, and the policies that the reports
        show, are those of `judge`, by default of the working tree. Return 1 when a change needs
        one, something isn't known, or a finding is an error. Raises `FindingsError` when
        `policies/waivers.yaml` is malformed, unless the scan reports it, and `PlatformError` when a
        file can't be written.
        """
        plan = _acknowledged(manifests, made, found, progress, judge)
        scan = None
        # What renders a scan isn't loaded where nothing was scanned.
        if found is not None and (found.environments or found.problems or self.out):
            commit = Commit(plan.head.commit, clean=not plan.head.dirty)
            scan = _Scan.of(manifests, found, self.time, commit, judge)
        try:
            if self.out is not None:
                self._write(self.out, plan, scan)
        finally:  # print them even if the files cannot be written
            sys.stdout.write(self._printed(plan, scan, is_asked=found is not None))
        is_open = any(_is_open(each) or _is_blocking(each) for each in plan.environments)
        return int(is_open or (scan is not None and has_errors(scan.result.findings)))

    def _printed(self, plan: Plan, scan: _Scan | None, *, is_asked: bool) -> str:
        if self.format == "github":
            found = scan.annotations() if scan else []
            return github.limited([*plan_github.annotations_of(plan), *found])
        text = RENDERERS[self.format](plan)
        if scan is not None and scan.result != ScanResult():
            return f"{text}\n{scan.render(self.format)}"
        return f"{text}\n{scan_markdown.NOTHING}" if is_asked else text

    def _write(self, out: Path, plan: Plan, scan: _Scan | None) -> None:
        for name, each in FILES.items():
            file.write(out / name, RENDERERS[each](plan))
        file.write(out / MATRIX, rehearsal_matrix.render(plan))
        for name, text in scan.files() if scan else ():
            file.write(out / name, text)


@dataclass(frozen=True, slots=True)
class _Scan:
    """A scan with what its reports show beside it."""

    manifests: Manifests
    result: ScanResult
    context: ScanContext

    @classmethod
    def of(
        cls,
        manifests: Manifests,
        found: ScanResult,
        time: datetime.datetime,
        commit: Commit,
        judge: Workspace | None,
    ) -> _Scan:
        # Imported here because a plan without a scan does not need it.
        from catalog_platform.pipeline.scan_context import scan_context

        context = scan_context(manifests.workspace, time, commit, judge)
        if found != ScanResult():
            found = replace(found, problems=(*found.problems, *context.problems))
        return cls(manifests, found, context)

    def render(self, chosen: str) -> str:
        # Imported here for the same reason.
        from catalog_platform.report import scan

        return scan.render(self.result, chosen, self.manifests, self.context)

    def files(self) -> Iterator[tuple[str, str]]:
        """Yield name and text of each report."""
        from catalog_platform.report import scan, scan_alerts

        for name, each in scan.FILES.items():
            yield name, self.render(each)
        yield ALERTS, scan_alerts.render(self.result, self.manifests)

    def annotations(self) -> list[github.Annotation]:
        from catalog_platform.report import scan_github

        return scan_github.annotations_of(self.result, self.manifests)


def _acknowledged(
    manifests: Manifests,
    made: Plan,
    found: ScanResult | None,
    progress: Progress | None,
    judge: Workspace | None,
) -> Plan:
    """Return the plan with its acknowledgements; none if the scan reports their file's errors."""
    try:
        plan, notes = with_acknowledgements(manifests, made, judge)
    except FindingsError as error:
        if found is None or not {*error.findings} <= {*found.problems}:
            raise
        return made
    if progress is not None:
        for note in notes:
            progress.note(note)
    return plan


def _is_blocking(environment: EnvironmentPlan) -> bool:
    changes = (*environment.stack_changes, *environment.changes)
    return any(change.blocking for change in changes)


def _is_open(environment: EnvironmentPlan) -> bool:
    """Return whether something about an environment isn't known."""
    account = environment.account
    return environment.status == "unknown" or (
        account is not UNSET and any(not each.answered for each in account.answers)
    )
