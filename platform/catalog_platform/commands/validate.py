"""`catalogctl validate`: validate manifests and print every finding with its location."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from catalog_platform import report
from catalog_platform.findings import Deduplicator, Finding, has_errors
from catalog_platform.pipeline.kept import manifests_of
from catalog_platform.plural import plural
from catalog_platform.report import file, text
from catalog_platform.workspace import Workspace

if TYPE_CHECKING:
    from catalog_platform.terminal.progress import Bar

MANY = 50  # minimum number of environments for a progress bar


def run(
    workspace: Workspace,
    *,
    names: Sequence[str],
    format: str,  # noqa: A002 - the option's name
    sarif: Path | None,
) -> int:
    """Print every finding of the environments (default: all); return 1 when one is an error.

    Text is printed while environments are checked, in their order, with a count at the end. The
    other formats are one document, sorted by location. `sarif` names a file for a second report.
    Raises `PlatformError` when it cannot be written, `UsageError` for an unknown environment.
    """
    chosen = workspace.select(names)
    if sarif is not None:
        file.check_writable(sarif)
    manifests = manifests_of(workspace)
    deduplicator = Deduplicator()
    shown: list[Finding] = []
    with _progress(len(workspace.environment_names())) as bar:

        def show(name: str, findings: Sequence[Finding]) -> None:
            new = deduplicator.new(findings)
            shown.extend(new)
            if bar is not None and name:
                bar.advance()
            if format == "text" and new:
                with bar.paused() if bar is not None else contextlib.nullcontext():
                    sys.stdout.write(text.render_findings(new, manifests))
                    sys.stdout.flush()

        valid, findings = manifests.check(chosen, show)
    if sarif is not None:
        file.write(sarif, report.render(findings, "sarif", manifests))
    if format == "text":
        print(text.summary(shown))
    else:
        sys.stdout.write(report.render(findings, format, manifests))
    if not has_errors(findings):
        print(f"✓ {_counted(tuple(valid))}", file=sys.stderr)
    return 1 if has_errors(findings) else 0


@contextlib.contextmanager
def _progress(total: int) -> Iterator[Bar | None]:
    if total < MANY:
        yield None
        return
    from catalog_platform.terminal.progress import Progress

    with Progress().count("environments", total) as bar:
        yield bar


def _counted(names: Sequence[str]) -> str:
    if not names:
        return "no environments"
    total = f"{plural(len(names), 'environment')} valid"
    return total if len(names) > MANY else f"{total}: {', '.join(names)}"
