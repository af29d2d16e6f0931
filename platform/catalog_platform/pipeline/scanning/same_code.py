"""A base whose code is that of this program: this process scans it.

Unlike `OwnCode`, it needs no checkout of the code and no other process: the CDK and the engines are
loaded already. The policies are those of the base, also if they differ.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from pathlib import Path

from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.planning.side import Side
from catalog_platform.pipeline.planning.working_tree import synthesised, validate
from catalog_platform.pipeline.scan import scan_assembly
from catalog_platform.pipeline.scan_context import mapped_controls
from catalog_platform.pipeline.synth import Synthesis
from catalog_platform.policy.engines import Engines
from catalog_platform.report import scan_json
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace


@dataclass(frozen=True, slots=True)
class SameCode:
    """Scans the manifests of a base with the functions of the working tree; see `BaseScanner`.

    `scratch` is for assemblies. `synthesis` is by default that of this process.
    """

    manifests: Manifests
    now: Workspace
    scratch: Path
    run: Engines
    synthesis: Synthesis | None = None

    def synthesise(self, names: tuple[str, ...]) -> Side:
        """Return the stacks of environments, with their assemblies."""
        checked = validate(self.manifests, names)
        quiet = Progress(quiet=True)
        return synthesised(
            checked, "base", self.now, checked.valid, self.scratch, quiet, self.synthesis
        )

    def scan(self, names: tuple[str, ...], assembly: Path) -> str:
        """Return the scan of environments of one assembly as JSON.

        Raises what `scan_assembly` does.
        """
        workspace = self.manifests.workspace
        found = scan_assembly(
            workspace, self.manifests, names, assembly, run=self.run, attests=False
        )
        _, problems = mapped_controls(workspace.policies)
        found = replace(found, problems=(*found.problems, *problems))
        return scan_json.render(found, self.manifests, datetime.datetime.now(datetime.UTC).date())
