"""Count what a plan has to synthesise, without synthesising it."""

from __future__ import annotations

import contextlib

from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.compared_versions import MANIFESTS, Bases
from catalog_platform.pipeline.planning.plan import select
from catalog_platform.pipeline.planning.renames import renames
from catalog_platform.pipeline.planning.unchanged import unchanged
from catalog_platform.versions import comparison_base


def candidates(manifests: Manifests, reference: str | None) -> tuple[str, ...]:
    """Return the environments whose deployment or policies may differ from those of the base.

    All may if the code differs or a policy does. Raises what `make_plan` does for the base.
    """
    base = comparison_base.find(manifests.workspace, reference)
    with contextlib.closing(Bases(MANIFESTS)) as bases:
        versions = bases.compare(manifests, base)
        before = versions.before
        names = select(before.workspace, manifests.workspace, (), renames(before, manifests))
        if versions.policies:
            return names
        same = unchanged(before, manifests, names, versions.code)
    return tuple(name for name in names if name not in same)
