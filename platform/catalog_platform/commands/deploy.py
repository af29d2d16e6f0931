"""`catalogctl deploy`: deploy one environment from a scanned assembly."""

from __future__ import annotations

from pathlib import Path

from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.deploy import deploy_assembly, scanned_assembly
from catalog_platform.pipeline.target import check_assembly, session_of
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace


def run(workspace: Workspace, *, name: str, assembly: Path | None) -> int:
    """Deploy an environment. Without `assembly`, synthesise and scan one first.

    Raises `PlatformError`, `FindingsError`.
    """
    progress = Progress()
    manifests = Manifests(workspace)
    manifest = manifests.load(name)
    if assembly is not None:
        check_assembly(assembly)
    session = session_of(workspace, manifest)
    if assembly is None:
        assembly = scanned_assembly(workspace, manifests, name, progress)
    deploy_assembly(session, manifest, assembly, progress)
    return 0
