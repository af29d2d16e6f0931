"""Synthesise the two versions of a catalog for a rehearsal, each with its own code."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from catalog_platform.errors import PlatformError, ToolError, UsageError
from catalog_platform.local import launcher, overlay
from catalog_platform.local.overlay import Adjustment
from catalog_platform.model import Manifest
from catalog_platform.rehearsal import coverage, template
from catalog_platform.rehearsal.coverage import Coverage, NotRehearsed
from catalog_platform.versions import checkout
from catalog_platform.versions.comparison_base import Base
from catalog_platform.workspace import Toolchain, Workspace


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
    base_as_written: Path
    changes: tuple[str, ...]
    coverage: Coverage
    overlay: tuple[Adjustment, ...]
    recorded_only: tuple[str, ...]
    partly_emulated: tuple[str, ...]

    def is_unchanged(self, environment: str) -> bool:
        """Return whether both versions deploy the same stack."""
        versions = self.base_as_written, self.as_written
        base, head = (template.stack(assembly, environment) for assembly in versions)
        return base == head


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
    return tuple(Workspace(home) for home in parent.glob("*") if home.is_dir())


def check_out(workspace: Workspace, name: str, base: Base, scratch: Workspace) -> Checkout:
    """Check out the repository at the base below `scratch`.

    Raises `UsageError` when it does not have the environment.
    """
    reference = base.reference
    before = checkout.check_out(workspace, base.commit, scratch.root / "checkout")
    if name not in before.environment_names():
        raise UsageError(
            f"{reference} has no environment '{name}'; a new environment cannot be rehearsed",
            hint=f"environments of {reference}: {', '.join(before.environment_names()) or 'none'}",
        )
    return Checkout(reference, base.commit, before)


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
            _synthesise,
            before.workspace,
            name,
            scratch.root / "base-as-written",
            f"at the base, {before.reference} ({before.commit[:10]}),",
            on_line,
        )
        head = pool.submit(
            _synthesise,
            workspace,
            name,
            scratch.root / "head-as-written",
            "in the working tree",
            on_line,
        )
    assemblies = base.result(), head.result()
    functions = _function_changes(before, manifest)
    _check_same_destination(*assemblies, name, before.reference)
    written, wanted = (template.read(assembly, name) for assembly in assemblies)
    (base_adapted, hidden), (head_adapted, found) = overlay.adapt(written), overlay.adapt(wanted)
    used = {resource["Type"] for resource in head_adapted["Resources"].values()}
    known = launcher.emulated_types(Toolchain.installed())
    types = {fidelity: _with(known, used, fidelity) for fidelity in ("recorded", "partly")}
    return Versions(
        before.reference,
        before.commit,
        template.replaced(assemblies[0], name, base_adapted, scratch.root / "base"),
        template.replaced(assemblies[1], name, head_adapted, scratch.root / "head"),
        assemblies[1],
        assemblies[0],
        template.changes(written, wanted),
        _with_functions(coverage.of_change(written, wanted, known, (*hidden, *found)), functions),
        (*_runtime(manifest, head_adapted), *found),
        types["recorded"],
        types["partly"],
    )


def _with(
    known: Mapping[str, launcher.EmulatedType], used: set[str], fidelity: str
) -> tuple[str, ...]:
    return tuple(name for name in sorted(used & known.keys()) if known[name].fidelity == fidelity)


def _function_changes(before: Checkout, manifest: Manifest) -> tuple[NotRehearsed, ...]:
    """Return the changes of the functions' runtime and architecture.

    Both versions are synthesised for this machine, so their templates do not show them. The base
    is rendered with its own code. Raises `PlatformError` when that fails.
    """
    name = manifest.environment.name
    try:
        text = checkout.run_own(before.workspace, "-q", "render", name, "--format", "json")
        deployed = json.loads(text)["processor"]
    except (ToolError, ValueError, KeyError) as error:
        raise PlatformError(
            f"{name} at the base, {before.reference}, cannot be rendered with its own code:"
            f" {error.tail if isinstance(error, ToolError) else error}"
        ) from error
    now = {
        "Runtime": (deployed["runtime"], manifest.processor.runtime),
        "Architectures": (deployed["architecture"], manifest.processor.architecture),
    }
    return tuple(
        NotRehearsed(
            "every function",
            "AWS::Lambda::Function",
            (part,),
            f"{old} → {new}: functions run on the Python and the processor of this machine",
        )
        for part, (old, new) in now.items()
        if old != new
    )


def _with_functions(found: Coverage, functions: tuple[NotRehearsed, ...]) -> Coverage:
    return replace(found, not_rehearsed=(*found.not_rehearsed, *functions))


def _synthesise(
    workspace: Workspace, name: str, out: Path, version: str, on_line: Callable[[str], None]
) -> Path:
    """Synthesise in a separate process, which runs the version's own code."""
    arguments = ["synth", name, "--out", str(out), "--target", "embedded"]
    try:
        checkout.run_own(workspace, *arguments, on_line=on_line)
    except ToolError as error:
        raise PlatformError(
            f"{name} {version} cannot be synthesised with its own code, in"
            f" {workspace.root}:\n{error.tail}",
            hint=f"in a checkout of this version: catalogctl synth {name} --out DIR",
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
