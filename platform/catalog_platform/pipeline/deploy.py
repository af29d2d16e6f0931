"""Synthesise, scan and deploy one environment."""

from __future__ import annotations

from pathlib import Path

from catalog_platform.aws.deployed_version import change_set_name
from catalog_platform.aws.session import Session
from catalog_platform.aws.stack import stack_name
from catalog_platform.errors import FindingsError
from catalog_platform.findings import has_errors
from catalog_platform.local import lint
from catalog_platform.manifest import Manifests
from catalog_platform.model import Manifest
from catalog_platform.release import attestation, outcome
from catalog_platform.release.approval import Approval
from catalog_platform.release.deploy import bootstrap, deploy
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Toolchain, Workspace


def scanned_assembly(
    workspace: Workspace, manifests: Manifests, name: str, progress: Progress
) -> Path:
    """Synthesise and scan one environment; return the attested assembly.

    Raises `FindingsError` when validation or the scan finds errors.
    """
    # Imported here because it loads the CDK, which deploying a given assembly does not need.
    from catalog_platform.pipeline.deployable_assembly import build_deployable

    with progress.step(f"synthesise {name}"):
        assembly = build_deployable(
            workspace, manifests, [name], workspace.build / "assemblies" / name, None, progress
        )
    scan_and_attest(workspace, manifests, name, assembly, progress)
    return assembly


def scan_and_attest(
    workspace: Workspace, manifests: Manifests, name: str, assembly: Path, progress: Progress
) -> None:
    """Scan an assembly with the policies, and attest it for deployment.

    Raises `FindingsError` when the scan finds errors.
    """
    # Imported here because it loads slowly.
    from catalog_platform.pipeline.scan import scan_assembly

    with progress.step(f"scan {name}"):
        result = scan_assembly(workspace, manifests, [name], assembly)
    if has_errors(result.findings):
        raise FindingsError(result.findings)


def deploy_assembly(
    session: Session,
    manifest: Manifest,
    assembly: Path,
    progress: Progress,
    approval: Approval | None = None,
) -> None:
    """Deploy a scanned assembly. Bootstrap the embedded AWS first.

    With `approval`, deploy only what was approved, over the stack that was approved. Raises
    `PlatformError`.
    """
    toolchain = Toolchain.installed()
    environment = manifest.environment
    digest = attestation.require(assembly, environment.name)
    if approval is not None:
        approval.require_assembly(assembly, digest)
    progress.note(f"assembly {assembly} · sha256 {digest[:12]}")
    if manifest.release.target == "embedded":
        template = assembly / f"{stack_name(environment.name)}.template.json"
        with (
            progress.step("bootstrap the embedded AWS, lint the template") as on_line,
            lint.checking(template, environment.region),
        ):
            bootstrap(toolchain, session, environment.account, on_line=on_line)
    change_set = _change_set(manifest, assembly)
    with (
        progress.step(f"deploy {stack_name(environment.name)}") as on_line,
        outcome.verified(
            session,
            environment.name,
            change_set=change_set,
            on_note=progress.note,
            approval=approval,
        ),
    ):
        deploy(
            toolchain,
            session,
            assembly,
            environment.name,
            timeout=manifest.release.deploy_timeout_minutes * 60,
            change_set=change_set,
            on_line=on_line,
        )


def _change_set(manifest: Manifest, assembly: Path) -> str | None:
    """Return the name of the change set that records the commit, None if there is no commit."""
    commit = attestation.commit_of(assembly)
    if manifest.release.target != "aws" or commit is None or not commit.clean:
        return None
    return change_set_name(commit.id)
