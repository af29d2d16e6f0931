"""`catalogctl watch`: validate, plan and scan after every save, in a process that stays warm."""

from __future__ import annotations

import datetime
import itertools
import sys
import time
from collections.abc import Sequence

from catalog_platform.errors import FindingsError, PlatformError
from catalog_platform.findings import Severity
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.planning.because import CODE
from catalog_platform.pipeline.review import Review
from catalog_platform.pipeline.saved_files import SavedFiles
from catalog_platform.pipeline.scan_context import scan_context
from catalog_platform.report import plan_text, scan_text, text
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
    files = SavedFiles([*watched, *code])
    review = Review(workspace, Progress(quiet=True))
    try:
        for _ in itertools.count() if rounds is None else range(rounds - 1):
            _report(workspace, review, names, base)
            saved = files.wait()
            if any(path.is_relative_to(folder) for path in saved for folder in code):
                print("the code has changed; start again: catalogctl watch")
                return 0
        _report(workspace, review, names, base)
        return 0
    finally:
        review.stop()


def _report(workspace: Workspace, review: Review, names: Sequence[str], base: str | None) -> None:
    """Print the findings of the manifests; without errors, the plan and the scan."""
    started = time.monotonic()
    if sys.stdout.isatty():
        sys.stdout.write(CLEAR)
    try:
        sys.stdout.write(_verdict(workspace, review, names, base))
    except FindingsError as error:
        sys.stdout.write(text.render(error.findings, Manifests(workspace)))
    except PlatformError as error:
        sys.stdout.write(f"{error.message}\n" + (f"hint: {error.hint}\n" if error.hint else ""))
    now = datetime.datetime.now().astimezone().strftime("%H:%M:%S")
    print(f"\n{now} · {time.monotonic() - started:.1f} s · waiting for the next save", flush=True)


def _verdict(workspace: Workspace, review: Review, names: Sequence[str], base: str | None) -> str:
    manifests = Manifests(workspace)
    _, findings = manifests.check([n for n in names if n in workspace.environment_names()])
    found = ""
    if findings:
        found = text.render(findings, manifests) + "\n"
        if any(each.severity is Severity.ERROR for each in findings):
            return found
    plan, scan = review.run(manifests, names, base)
    found += plan_text.render(plan)
    if scan.environments:
        context = scan_context(workspace, datetime.datetime.now(datetime.UTC))
        found += "\n" + scan_text.render(scan, manifests, context.today)
    return found
