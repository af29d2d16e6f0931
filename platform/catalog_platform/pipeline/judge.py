"""The version whose policies, waivers and prices count instead of those of the working tree."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.compared_versions import MANIFESTS, POLICIES, Bases
from catalog_platform.versions.comparison_base import Base
from catalog_platform.workspace import Workspace


@contextlib.contextmanager
def judge_at(manifests: Manifests, base: Base | None) -> Iterator[Workspace | None]:
    """Yield the workspace of a base with its manifests and policies; None without a base.

    Raises `PlatformError` when the base can't be checked out.
    """
    if base is None:
        yield None
        return
    with contextlib.closing(Bases(MANIFESTS, POLICIES)) as bases:
        yield bases.compare(manifests, base).before.workspace
