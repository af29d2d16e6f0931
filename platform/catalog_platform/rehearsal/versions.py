"""Synthesise the two versions of a catalog for a rehearsal, each with its own code."""

from __future__ import annotations

import os
import shutil
import sys
import tarfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import catalog_platform
from catalog_platform import process
from catalog_platform.errors import PlatformError, ToolError, UsageError
from catalog_platform.local import launcher, overlay
from catalog_platform.local.overlay import Adjustment
from catalog_platform.model import Manifest
from catalog_platform.rehearsal import template
from catalog_platform.workspace import Toolchain, Workspace

GIT_SECONDS = 60.0
SYNTH_SECONDS = 300.0


@dataclass(frozen=True, slots=True)
class Versions:
    """The assemblies of base and head, adapted to this machine, and the adaptations of head.

    `as_written` is the assembly of head before the adaptation.
    """

    reference: str
    commit: str
    base: Path
    head: Path
    as_written: Path
    changes: tuple[str, ...]
    overlay: tuple[Adjustment, ...]
    recorded_only: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Checkout:
    """The repository at a commit."""

    reference: str
    commit: str
    workspace: Workspace


def rehearsal_workspace(workspace: Workspace, name: str) -> Workspace:
    """Return the folder of an environment's rehearsal: both versions and the embedded AWS."""
    return Workspace(workspace.build / "rehearsal" / name)


def rehearsal_workspaces(workspace: Workspace) -> tuple[Workspace, ...]:
    """Return the folders of all rehearsals that run or were killed."""
    parent = rehearsal_workspace(workspace, "any").root.parent
    return tuple(Workspace(home) for home in parent.glob("*"))


def check_out(workspace: Workspace, name: str, reference: str, scratch: Workspace) -> Checkout:
    """Check out the repository at `reference` below `scratch`.

    Raises `UsageError` when the commit does not exist, or does not have the environment.
    """
    commit = _commit(workspace, reference)
    before = _checkout(workspace, commit, scratch.root / "checkout")
    if name not in before.environment_names():
        raise UsageError(
            f"{reference} has no environment '{name}'; a new environment cannot be rehearsed",
            hint=f"environments of {reference}: {', '.join(before.environment_names()) or 'none'}",
        )
    return Checkout(reference, commit, before)


def synthesise_versions(
    workspace: Workspace,
    manifest: Manifest,
    before: Checkout,
    scratch: Workspace,
    on_line: Callable[[str], None],
) -> Versions:
    """Synthesise the environment at the base and in the working tree, below `scratch`.

    Raises `PlatformError` when a version cannot be synthesised.
    """
    name = manifest.environment.name
    with ThreadPoolExecutor(2) as pool:
        base = pool.submit(
            _synthesise, before.workspace, name, scratch.root / "base-as-written", on_line
        )
        head = pool.submit(_synthesise, workspace, name, scratch.root / "head-as-written", on_line)
    assemblies = base.result(), head.result()
    _check_same_destination(*assemblies, name, before.reference)
    templates = [template.read(assembly, name) for assembly in assemblies]
    (base_adapted, _), (head_adapted, found) = (overlay.adapt(each) for each in templates)
    types = {resource["Type"] for resource in head_adapted["Resources"].values()}
    return Versions(
        before.reference,
        before.commit,
        template.replaced(assemblies[0], name, base_adapted, scratch.root / "base"),
        template.replaced(assemblies[1], name, head_adapted, scratch.root / "head"),
        assemblies[1],
        template.changes(base_adapted, head_adapted),
        (*_runtime(manifest, head_adapted), *found),
        tuple(sorted(types & launcher.recorded_only_types(Toolchain.installed()))),
    )


def _commit(workspace: Workspace, reference: str) -> str:
    try:
        return _git(
            workspace, "rev-parse", "--verify", "--quiet", f"{reference}^{{commit}}"
        ).strip()
    except ToolError as error:
        raise UsageError(
            f"--base {reference}: no such commit in {workspace.root}",
            hint="use a branch, a tag or a commit, for example origin/main",
        ) from error


def _checkout(workspace: Workspace, commit: str, folder: Path) -> Workspace:
    """Check out a commit; share the built function bundles with it."""
    folder.mkdir()
    packed = folder.with_suffix(".tar")
    _git(workspace, "archive", "--format=tar", f"--output={packed}", commit)
    with tarfile.open(packed) as archive:
        # New in Python 3.11.4. Older versions unpack without it: git has just written the archive.
        archive.extraction_filter = getattr(tarfile, "data_filter", None)
        archive.extractall(folder)  # noqa: S202 - with the filter, where there is one
    packed.unlink()
    before = Workspace(folder)
    (workspace.build / "bundles").mkdir(parents=True, exist_ok=True)
    before.build.mkdir()
    (before.build / "bundles").symlink_to(workspace.build / "bundles")
    return before


def _synthesise(workspace: Workspace, name: str, out: Path, on_line: Callable[[str], None]) -> Path:
    """Synthesise in a separate process, which runs the version's own code."""
    code = workspace.root / "platform"
    if not (code / "catalog_platform").is_dir():
        code = Path(catalog_platform.__file__).parents[1]
    arguments = ["-C", str(workspace.root), "synth", name, "--out", str(out)]
    try:
        process.run(
            [sys.executable, "-m", "catalog_platform", *arguments, "--target", "embedded"],
            timeout=SYNTH_SECONDS,
            environment={**os.environ, "PYTHONPATH": str(code)},
            on_line=on_line,
        )
    except ToolError as error:
        raise PlatformError(
            f"{name} cannot be synthesised in {workspace.root}:\n{error.tail}",
            hint=f"see the error with: catalogctl synth {name} --out DIR",
        ) from error
    return out


def _check_same_destination(base: Path, head: Path, name: str, reference: str) -> None:
    """Raise `PlatformError` when the versions differ in account or region."""
    before, now = (template.destination(assembly, name) for assembly in (base, head))
    if before != now:
        raise PlatformError(
            f"{name} moves from {before} to {now}, which creates a new stack instead of an update",
            hint=f"rehearse the other changes with the account and region of {reference}",
        )


def _runtime(manifest: Manifest, adapted: overlay.Template) -> tuple[Adjustment, ...]:
    """Return the adaptations that synthesis for this machine has made."""
    reason = "functions run on the Python and the processor of this machine"
    here = next(
        (r["Properties"] for r in adapted["Resources"].values() if "Runtime" in r["Properties"]),
        None,
    )
    if here is None:
        return ()
    every = Adjustment("every function", "", "", "", reason)
    runtime, architecture = manifest.processor.runtime, manifest.processor.architecture
    return (
        replace(every, property="Runtime", wanted=runtime, rehearsed=here["Runtime"]),
        replace(
            every,
            property="Architectures",
            wanted=architecture,
            rehearsed=", ".join(here["Architectures"]),
        ),
    )


def _git(workspace: Workspace, *arguments: str) -> str:
    git = shutil.which("git")
    if git is None:
        raise PlatformError(
            "git was not found in PATH; it is needed to check out the base", hint="install git"
        )
    return process.run([git, "-C", workspace.root, *arguments], timeout=GIT_SECONDS)
