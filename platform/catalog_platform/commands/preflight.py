"""`catalogctl preflight`: look at the account before a deployment, without changing anything."""

from __future__ import annotations

import sys
from pathlib import Path

from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.approval import is_on_aws
from catalog_platform.pipeline.given_assembly import check_assembly
from catalog_platform.pipeline.preflight import as_json, as_text, look
from catalog_platform.pipeline.target import session_of
from catalog_platform.release import provenance
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace


def run(
    workspace: Workspace,
    *,
    name: str,
    assembly: Path | None,
    format: str,  # noqa: A002 - the option's name
) -> int:
    """Print the results of all checks; return 1 when one has failed.

    Without `assembly`, synthesise one first. Raises `UsageError`, `PlatformError`, also for an
    assembly that a deployment refuses because of its target, `FindingsError`.
    """
    progress = Progress()
    manifests = Manifests(workspace)
    manifest = manifests.load(name)
    if assembly is not None:
        check_assembly(assembly)
    session = session_of(workspace, manifest)
    if assembly is not None and is_on_aws(manifest, session):
        provenance.require_target(assembly, name, manifest.release.target)
    if assembly is None:
        # Imported here because it loads the CDK, which a given assembly does not need.
        from catalog_platform.pipeline.synth import build_assembly

        with progress.step(f"synthesise {name}"):
            folder = workspace.build / "preflight" / name
            assembly = build_assembly(workspace, manifests, [name], folder, None, progress)
    found = look(session, manifest, assembly, progress)
    sys.stdout.write((as_json if format == "json" else as_text)(found, manifests))
    return int(found.has_failed)
