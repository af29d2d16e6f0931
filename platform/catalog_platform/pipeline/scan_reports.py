"""Print and write the reports of a scan."""

from __future__ import annotations

import datetime
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.scan_context import recorded, scan_context
from catalog_platform.policy.results import ScanResult
from catalog_platform.report import file, scan_counts
from catalog_platform.report.scan import FILES, render
from catalog_platform.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanReports:
    """The reports that a command line asks for.

    One goes to stdout, or to the file `output`. `sarif` names a file for a second report, `out` a
    folder for one in each format. The scan is appended to the file `history`. `time` is that of the
    scan.
    """

    format: str
    time: datetime.datetime
    output: Path | None = None
    sarif: Path | None = None
    out: Path | None = None
    history: Path | None = None

    def check(self) -> None:
        """Raise `UsageError` if one of the paths cannot be written."""
        for path in filter(None, (self.output, self.sarif, self.history)):
            file.check_writable(path)
        if self.out is not None:
            file.check_folder(self.out)

    def publish(
        self, manifests: Manifests, result: ScanResult, judge: Workspace | None = None
    ) -> ScanResult:
        """Write all reports; return the result with the problems of what they show beside it.

        The policies in them are those of `judge`, by default of the working tree. Counts go to
        stderr unless the report on stdout has them. Raises `PlatformError` when a file
        can't be written.
        """
        workspace = manifests.workspace
        context = scan_context(workspace, self.time, judge=judge)
        result = replace(result, problems=(*result.problems, *context.problems))
        if self.history is not None and result.environments:
            result, context = recorded(result, context, self.history, workspace.root)
        text = render(result, self.format, manifests, context)
        try:
            for path, chosen in self._files():
                file.write(path, render(result, chosen, manifests, context))
        finally:  # write the report even if the other ones cannot be written
            if self.output is None:
                print(text, end="")
            else:
                file.write(self.output, text)
        if result.environments and (self.format != "text" or self.output is not None):
            print(scan_counts.table(result), end="", file=sys.stderr)
        return result

    def _files(self) -> Iterator[tuple[Path, str]]:
        if self.sarif is not None:
            yield self.sarif, "sarif"
        if self.out is not None:
            for name, chosen in FILES.items():
                yield self.out / name, chosen
