"""A base whose code differs: its own code scans it, in a process of its own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from catalog_platform.errors import ToolError
from catalog_platform.pipeline.planning.base_version import BaseVersion, own_code_side
from catalog_platform.pipeline.planning.side import Side


@dataclass(frozen=True, slots=True)
class OwnCode:
    """Scans a base with its own code and the packages that it pins; see `BaseScanner`."""

    version: BaseVersion

    def synthesise(self, names: tuple[str, ...]) -> Side:
        """Return the stacks of environments, with their assemblies."""
        return own_code_side(self.version, names)

    def scan(self, names: tuple[str, ...], assembly: Path) -> str:
        """Return the scan of environments of one assembly as JSON.

        Raises `ToolError` or `OSError` when the scan fails.
        """
        report = self.version.scratch / f"{assembly.name}-{len(names)}-{names[0]}.json"
        arguments = ("--assembly", str(assembly), "--format", "json", "--output", str(report))
        try:
            self.version.run("scan", *names, *arguments, on_line=self.version.show)
        except ToolError as error:
            # 1 is the exit code of a scan with findings, which are in the report.
            if error.returncode != 1 or not report.exists():
                raise
        return report.read_text(encoding="utf-8")
