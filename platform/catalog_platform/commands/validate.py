"""`catalogctl validate`: are the manifests sound?"""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from catalog_platform import manifest, report
from catalog_platform.findings import Finding, Fresh, failed
from catalog_platform.report import file, text
from catalog_platform.workspace import Workspace

if TYPE_CHECKING:
    from catalog_platform.terminal.progress import Bar

MANY = 50  # environments, from which on a person waits long enough to want to know for how long


def run(
    workspace: Workspace,
    *,
    names: Sequence[str],
    format: str,  # noqa: A002 - the option's name
    sarif: Path | None,
) -> int:
    """Print every finding of the named environments (none named: all); 1 when one is an error.

    Text appears as environments are checked, in their order, with a count at the end; the other
    formats are one document, sorted by place. `sarif` names a file for a second report. Raises
    `PlatformError` when that cannot be written, `UsageError` for an unknown environment.
    """
    chosen = workspace.select(names)
    if sarif is not None:
        file.expect(sarif)
    fresh = Fresh()
    shown: list[Finding] = []
    with _progress(len(workspace.environment_names())) as bar:

        def tell(name: str, findings: Sequence[Finding]) -> None:
            new = fresh.of(findings)
            shown.extend(new)
            if bar is not None and name:
                bar.advance()
            if format == "text" and new:
                with bar.aside() if bar is not None else contextlib.nullcontext():
                    sys.stdout.write(text.part(new))
                    sys.stdout.flush()

        sound, findings = manifest.check(workspace, chosen, tell)
    if sarif is not None:
        file.write(sarif, report.render(findings, "sarif"))
    if format == "text":
        print(text.summary(shown))
    else:
        sys.stdout.write(report.render(findings, format))
    if not failed(findings):
        print(f"catalogctl: sound: {_listed(tuple(sound))}", file=sys.stderr)
    return 1 if failed(findings) else 0


@contextlib.contextmanager
def _progress(total: int) -> Iterator[Bar | None]:
    if total < MANY:
        yield None
        return
    from catalog_platform.terminal.progress import Progress

    with Progress().count("environments", total) as bar:
        yield bar


def _listed(names: Sequence[str]) -> str:
    if len(names) > MANY:
        return f"{len(names)} environments"
    return ", ".join(names) or "no environments yet"
