"""Count what a plan has to synthesise, without synthesising it."""

from __future__ import annotations

import tempfile
from pathlib import Path

from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.planning.because import changed_code, changed_files
from catalog_platform.pipeline.planning.plan import at_base, select
from catalog_platform.pipeline.planning.renames import renames
from catalog_platform.pipeline.planning.unchanged import unchanged
from catalog_platform.versions import comparison_base


def candidates(manifests: Manifests, reference: str | None) -> tuple[str, ...]:
    """Return the environments whose deployment or policies may differ from those of the base.

    All may if the code differs or a policy does. Raises what `make_plan` does for the base.
    """
    workspace = manifests.workspace
    base = comparison_base.find(workspace, reference)
    with tempfile.TemporaryDirectory(prefix="catalogctl-shards-") as folder:
        before = Manifests(at_base(base, workspace, Path(folder) / "manifests"), manifests.kept)
        names = select(before.workspace, workspace, (), renames(before, manifests))
        if changed_files(workspace, base.commit, "policies"):
            return names
        same = unchanged(before, manifests, names, changed_code(workspace, base.commit))
    return tuple(name for name in names if name not in same)
