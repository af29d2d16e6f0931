"""`catalogctl deploy`: deploy one environment from a scanned assembly."""

from __future__ import annotations

from pathlib import Path

from catalog_platform.aws.session import Session
from catalog_platform.manifest import Manifests
from catalog_platform.model import Manifest
from catalog_platform.pipeline.approval import Consent, approve, is_on_aws
from catalog_platform.pipeline.deploy import deploy_assembly, scanned_assembly
from catalog_platform.pipeline.given_assembly import check_assembly
from catalog_platform.pipeline.preflight import require
from catalog_platform.pipeline.target import session_of
from catalog_platform.release import attestation, provenance
from catalog_platform.release.approval import Approval
from catalog_platform.release.commit import current_commit
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace


def run(
    workspace: Workspace,
    *,
    name: str,
    assembly: Path | None,
    yes: bool = False,
    allow_unmerged: bool = False,
    allow_older: bool = False,
) -> int:
    """Deploy an environment. Without `assembly`, synthesise and scan one first.

    A deployment to AWS is confirmed on the terminal unless `yes`. Nothing is deployed when a check
    of the account fails. Raises `UsageError`,
    `PlatformError`, `FindingsError`.
    """
    progress = Progress()
    manifests = Manifests(workspace)
    manifest = manifests.load(name)
    if assembly is not None:
        check_assembly(assembly)
    session = session_of(workspace, manifest)
    approval = None
    if is_on_aws(manifest, session):
        consent = Consent(confirmed=yes, unmerged=allow_unmerged, older=allow_older)
        approval = _approve(workspace, manifest, session, assembly, consent)
    if assembly is None:
        assembly = scanned_assembly(workspace, manifests, name, progress)
    require(session, manifests, manifest, assembly, progress)
    deploy_assembly(session, manifest, assembly, progress, approval)
    return 0


def _approve(
    workspace: Workspace,
    manifest: Manifest,
    session: Session,
    assembly: Path | None,
    consent: Consent,
) -> Approval:
    """Ask for an approval to deploy the assembly, or what is checked out without one."""
    commit, digest = None, None
    if assembly is None:
        commit = current_commit(workspace.root)
    else:
        name = manifest.environment.name
        digest = attestation.require(assembly, name)
        provenance.require_target(assembly, name, manifest.release.target)
        commit = attestation.commit_of(assembly)
    stack = approve(workspace.root, manifest, session, commit, consent)
    return Approval(commit, stack, digest)
