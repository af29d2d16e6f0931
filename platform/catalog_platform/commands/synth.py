"""`catalogctl synth`: synthesise a cloud assembly with one stack per environment."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.deployable_assembly import build_deployable
from catalog_platform.pipeline.synth import DeployTarget
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace


def run(
    workspace: Workspace, *, names: Sequence[str], out: Path, target: DeployTarget | None
) -> int:
    """Synthesise the environments (default: all) into the folder `out`, and print its path.

    Raises what `build_deployable` raises.
    """
    progress = Progress()
    names = workspace.select(names)
    with progress.step("synthesise " + ", ".join(names)):
        assembly = build_deployable(workspace, Manifests(workspace), names, out, target, progress)
    print(assembly)
    return 0
