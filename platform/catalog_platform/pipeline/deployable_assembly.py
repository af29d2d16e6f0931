"""Synthesise an assembly that may be deployed: it records what it is made from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.synth import DeployTarget, build_assembly
from catalog_platform.release import provenance
from catalog_platform.release.commit import agreed, current_commit
from catalog_platform.release.provenance import Provenance
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace


def build_deployable(
    workspace: Workspace,
    manifests: Manifests,
    names: Sequence[str],
    out: Path,
    target: DeployTarget | None,
    progress: Progress,
) -> Path:
    """Write an assembly with its provenance; see `build_assembly`.

    The commit is not clean when the checkout has changed during the synthesis.
    """
    before = current_commit(workspace.root)
    assembly = build_assembly(workspace, manifests, names, out, target, progress)
    targets = {name: target or manifests.load(name).release.target for name in names}
    commit = agreed(before, current_commit(workspace.root))
    provenance.write(assembly, Provenance(commit, targets))
    return assembly
