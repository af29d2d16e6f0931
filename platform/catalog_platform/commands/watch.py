"""`catalogctl watch`: validate, plan and scan after every save, in a process that stays warm."""

from __future__ import annotations

import datetime
import itertools
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass

from catalog_platform.errors import FindingsError, PlatformError
from catalog_platform.findings import Severity
from catalog_platform.manifest import Manifests
from catalog_platform.manifest.kept_manifests import KeptManifests
from catalog_platform.pipeline.compared_versions import CODE
from catalog_platform.pipeline.kept import manifests_of
from catalog_platform.pipeline.plan_reports import PlanReports
from catalog_platform.pipeline.review import Review
from catalog_platform.pipeline.saved_files import SavedFiles
from catalog_platform.pipeline.synthesis_process import SynthesisProcess
from catalog_platform.report import text
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace

CLEAR = "\033[2J\033[H"


def run(
    workspace: Workspace, rounds: int | None = None, *, names: Sequence[str], base: str | None
) -> int:
    """Report at once and after every save of a manifest or policy, until it is interrupted.

    `rounds` limits the number of reports. Ends when the code changes, because this process runs the
    old one. Raises `UsageError` for an unknown environment or commit.
    """
    workspace.select([name for name in names if name not in workspace.environment_names()])
    watched = [workspace.environments, workspace.policies]
    code = [workspace.root / part for part in CODE if (workspace.root / part).is_dir()]
    files = SavedFiles(watched, rarely=code)
    synthesis = SynthesisProcess()
    review = Review(workspace, Progress(quiet=True), synthesis)
    answers = _Answers(workspace, review, manifests_of(workspace).kept, names, base)
    try:
        # They load while the first answer is made, whether it needs them or not.
        synthesis.prepare()
        review.prepare()
        for _ in itertools.count() if rounds is None else range(rounds - 1):
            answers.report()
            synthesis.renew()
            saved = files.wait()
            if any(path.is_relative_to(folder) for path in saved for folder in code):
                print("the code has changed; start again: catalogctl watch")
                return 0
        answers.report()
        return 0
    finally:
        review.stop()
        synthesis.stop()


@dataclass(frozen=True, slots=True)
class _Answers:
    """What is reported about, and what stays warm between two answers."""

    workspace: Workspace
    review: Review
    kept: KeptManifests
    names: Sequence[str]
    base: str | None

    def report(self) -> None:
        """Print the findings of the manifests; without errors, the plan and the scan."""
        started = time.monotonic()
        if sys.stdout.isatty():
            sys.stdout.write(CLEAR)
        manifests = Manifests(self.workspace, self.kept)
        try:
            self._print(manifests)
        except FindingsError as error:
            sys.stdout.write(text.render(error.findings, manifests))
        except PlatformError as error:
            hint = f"hint: {error.hint}\n" if error.hint else ""
            sys.stdout.write(f"{error.message}\n{hint}")
        now = datetime.datetime.now().astimezone().strftime("%H:%M:%S")
        took = time.monotonic() - started
        print(f"\n{now} · {took:.1f} s · waiting for the next save", flush=True)

    def _print(self, manifests: Manifests) -> None:
        existing = self.workspace.environment_names()
        _, findings = manifests.check([name for name in self.names if name in existing])
        if findings:
            sys.stdout.write(text.render(findings, manifests) + "\n")
            if any(each.severity is Severity.ERROR for each in findings):
                return
        made, scan = self.review.run(manifests, self.names, self.base)
        now = datetime.datetime.now(datetime.UTC)
        reports = PlanReports(format="text", out=None, time=now)
        reports.publish(manifests, made, scan, Progress())
