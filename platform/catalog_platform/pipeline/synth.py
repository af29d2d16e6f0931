"""Synthesise a cloud assembly from manifests and functions."""

from __future__ import annotations

import contextlib
import dataclasses
import functools
import gc
import importlib
import sys
import tempfile
import threading
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Literal, Protocol

import msgspec

from catalog_platform import packaging, variables
from catalog_platform.bundle import Bundles
from catalog_platform.errors import FindingsError, PlatformError
from catalog_platform.findings import has_errors
from catalog_platform.manifest import Manifests
from catalog_platform.model import Manifest
from catalog_platform.packaging import user_bundles
from catalog_platform.pipeline.kept import is_committed
from catalog_platform.stages import stage
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Toolchain, Workspace

CDK = "catalog_platform.infra.app"

DeployTarget = Literal["aws", "embedded"]
# The manifest of each environment, and the bundles of its functions.
Stacks = Mapping[str, tuple[Manifest, Bundles]]


def build_assembly(
    workspace: Workspace,
    manifests: Manifests,
    names: Sequence[str],
    out: Path,
    target: DeployTarget | None,
    progress: Progress,
    *,
    synthesis: Synthesis | None = None,
) -> Path:
    """Write one assembly with a stack per environment to `out`, and return its path.

    On failure, no assembly is written. `target` overrides `release.target` of the manifests.
    `synthesis` is by default that of this process. Raises `FindingsError` with the findings of all
    environments, `UsageError` for an unknown environment or a folder that is not an assembly,
    `PlatformError` when a function cannot be built.
    """
    valid, findings = manifests.check(names)
    if has_errors(findings):
        raise FindingsError(findings)
    synthesis = synthesis or InThisProcess()
    # Asked before the CDK is loaded, because beside it, Git takes half a second.
    _bundle_folder(workspace)
    # Loading the CDK takes a second or more, mostly waiting, so it runs beside packaging.
    synthesis.prepare()
    environments: dict[str, tuple[Manifest, packaging.BuildTarget]] = {
        name: with_target(manifest, target) for name, manifest in valid.items()
    }
    with stage("build functions"):
        bundles = {
            packaged: package(workspace, packaged, progress)
            for packaged in dict.fromkeys(each for _, each in environments.values())
        }
    stacks = {
        name: (manifest, bundles[packaged]) for name, (manifest, packaged) in environments.items()
    }
    return synthesis(stacks, out)


class Synthesis(Protocol):
    """Writes assemblies like `infra.app.synthesise`; see also `synthesis_process`."""

    def prepare(self) -> None:
        """Begin to load the CDK, and don't wait for it."""
        ...

    def __call__(self, environments: Stacks, out: Path) -> Path:
        """Write an assembly to `out`, and return that path.

        Raises `PlatformError` when the CDK cannot be loaded, or fails.
        """
        ...


class InThisProcess:
    """The CDK of this process."""

    def prepare(self) -> None:
        """Begin to load the CDK in a thread."""
        threading.Thread(target=_preload_cdk, daemon=True).start()

    def __call__(self, environments: Stacks, out: Path) -> Path:
        """Write an assembly; see `Synthesis`."""
        with stage("load the CDK"):
            _load_cdk()
        from catalog_platform.infra import app

        with stage("synthesise"):
            return app.synthesise(environments, out)


def _preload_cdk() -> None:
    # `_load_cdk` raises the same failure again in the main thread.
    with contextlib.suppress(Exception):
        _load_cdk()


def _load_cdk() -> None:
    """Import the CDK app. Raises `PlatformError` when Node.js or unpacking the CDK fails."""
    try:
        # Only at first: what is garbage later would never be collected.
        with contextlib.nullcontext() if CDK in sys.modules else _without_garbage_collection():
            importlib.import_module(CDK)
    except Exception as error:
        from jsii.errors import JSIIError

        if not isinstance(error, OSError | RuntimeError | JSIIError):
            raise
        # Later sentences recommend variables of jsii, which it doesn't get.
        reason = str(error).partition(". ")[0]
        raise PlatformError(
            f"the CDK cannot be loaded: {reason}",
            hint="it needs free space and write access in $TMPDIR or /tmp, and in $HOME/.cache",
        ) from error


@contextlib.contextmanager
def _without_garbage_collection() -> Iterator[None]:
    """Don't look for garbage in the block, nor later among what is loaded in it.

    The CDK's modules have hundreds of thousands of objects, which all stay: to look through them
    again and again takes a quarter of the time of importing them, and of a synthesis.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collects:
            gc.enable()


def with_target(
    manifest: Manifest, target: DeployTarget | None
) -> tuple[Manifest, packaging.BuildTarget]:
    """Return the manifest with the runtime and architecture that its functions are built for.

    The embedded AWS runs functions on this machine's interpreter, so the template names that
    runtime. Otherwise these bundles could be mistaken for bundles for Lambda.
    """
    processor = manifest.processor
    if (target or manifest.release.target) == "aws":
        python = processor.runtime.removeprefix("python")
        return manifest, packaging.BuildTarget(python, processor.architecture)
    here = packaging.BuildTarget.of_this_machine()
    processor = msgspec.structs.replace(
        processor, runtime=f"python{here.python}", architecture=here.architecture
    )
    return msgspec.structs.replace(manifest, processor=processor), here


def package(workspace: Workspace, target: packaging.BuildTarget, progress: Progress) -> Bundles:
    """Build the bundles of all functions for a target, unless they are built already.

    In CI, only those are used that this job has built: jobs with other permissions may share the
    user's folder. Raises `PlatformError` when one cannot be built.
    """
    out = _bundle_folder(workspace)
    shared = None if variables.in_ci() else packaging.UserBundles(user_bundles.folder())

    def build(name: str) -> Path:
        uv = Toolchain.installed().uv
        return packaging.build(workspace.functions / name, target, out, uv, shared)

    # A build waits for downloads, and compiles in a process of its own.
    with ThreadPoolExecutor() as executor:
        building = {}
        for function in dataclasses.fields(Bundles):
            progress.note(f"build function {function.name} for {target}")
            building[function.name] = executor.submit(build, function.name)
    return Bundles(**{name: each.result() for name, each in building.items()})


# A program that runs for long, such as `watch`, deploys nothing.
@functools.cache
def _bundle_folder(workspace: Workspace) -> Path:
    """Return the folder of the bundles of a repository.

    It is a temporary one if Git tracks the build folder, where a pull request could have added
    another bundle under the name of one.
    """
    return Path(_temporary().name) if is_committed(workspace) else workspace.build / "bundles"


@functools.cache
def _temporary() -> tempfile.TemporaryDirectory[str]:
    """Return a folder that is removed when this process ends."""
    return tempfile.TemporaryDirectory(prefix="catalog-bundles-")
