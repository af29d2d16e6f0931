"""Synthesise: manifests and functions in, one cloud assembly out."""

from __future__ import annotations

import contextlib
import importlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from catalog_platform import packaging
from catalog_platform.errors import FindingsError, PlatformError
from catalog_platform.findings import failed
from catalog_platform.manifest import Manifests
from catalog_platform.model import Manifest
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Toolchain, Workspace

if TYPE_CHECKING:
    from catalog_platform.infra.function_assets import Bundles

CDK = "catalog_platform.infra.app"

DeployTarget = Literal["aws", "embedded"]


def build_assembly(
    workspace: Workspace,
    manifests: Manifests,
    names: Sequence[str],
    out: Path,
    target: DeployTarget | None,
    progress: Progress,
) -> Path:
    """One assembly with a stack per environment, in `out`: complete, or not there at all.

    `target` overrides where the manifests say that they are deployed to. Raises `FindingsError`
    with the findings of all the environments, `UsageError` for an unknown environment or a folder
    that is not an assembly, `PlatformError` when a function cannot be built.
    """
    valid, findings = manifests.check(names)
    if failed(findings):
        raise FindingsError(findings)
    # Loading the CDK takes a second or more, most of it spent waiting: so does packaging.
    threading.Thread(target=_load_cdk_ahead, daemon=True).start()
    environments: dict[str, tuple[Manifest, packaging.Target]] = {
        name: _aimed(manifest, target) for name, manifest in valid.items()
    }
    bundles = {
        aim: _package(workspace, aim, progress)
        for aim in dict.fromkeys(aim for _, aim in environments.values())
    }
    _load_cdk()
    from catalog_platform.infra import app

    return app.synthesize(
        {name: (manifest, bundles[aim]) for name, (manifest, aim) in environments.items()}, out
    )


def _load_cdk_ahead() -> None:
    # A failure will meet whoever needs the CDK; nobody hears it here.
    with contextlib.suppress(Exception):
        _load_cdk()


def _load_cdk() -> None:
    """Raises `PlatformError` when Node.js or the place that it unpacks the CDK to fails."""
    try:
        importlib.import_module(CDK)
    except (OSError, RuntimeError) as error:
        raise PlatformError(
            f"the CDK cannot be loaded: {error}",
            hint="it unpacks itself below $TMPDIR or /tmp: is there room, and may you write there?",
        ) from error


def _aimed(manifest: Manifest, target: DeployTarget | None) -> tuple[Manifest, packaging.Target]:
    """The manifest with the runtime and architecture that its functions are built for.

    The embedded AWS runs functions on the interpreter at hand, whatever the template says. The
    template then says what is true, so that nobody takes these bundles for Lambda's.
    """
    processor = manifest.processor
    if (target or manifest.release.target) == "aws":
        python = processor.runtime.removeprefix("python")
        return manifest, packaging.Target(python, processor.architecture)
    here = packaging.Target.of_this_machine()
    processor = msgspec.structs.replace(
        processor, runtime=f"python{here.python}", architecture=here.architecture
    )
    return msgspec.structs.replace(manifest, processor=processor), here


def _package(workspace: Workspace, target: packaging.Target, progress: Progress) -> Bundles:
    from catalog_platform.infra.function_assets import Bundles

    def build(name: str) -> Path:
        progress.note(f"function {name} for {target}")
        return packaging.build(
            workspace.functions / name,
            target,
            workspace.build / "bundles",
            Toolchain.installed().uv,
        )

    return Bundles(
        inventory_processor=build("inventory_processor"),
        schema_migrator=build("schema_migrator"),
        failure_replayer=build("failure_replayer"),
        catalog_reader=build("catalog_reader"),
    )
