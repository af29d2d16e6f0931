"""Synthesise the two versions of a catalog for a rehearsal, each with its own code."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from catalog_platform.errors import PlatformError, ToolError
from catalog_platform.local import launcher, overlay
from catalog_platform.local.overlay import Adjustment
from catalog_platform.model import Manifest
from catalog_platform.rehearsal import coverage, restored_database, template
from catalog_platform.rehearsal.coverage import Coverage, NotRehearsed
from catalog_platform.versions import checkout
from catalog_platform.versions.comparison_base import Base
from catalog_platform.versions.own_packages import interpreter
from catalog_platform.workspace import Toolchain, Workspace

OnLine = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Versions:
    """The assemblies of base and head, adapted to this machine, and the adaptations of head.

    `as_written` is the assembly of head before the adaptation. `moved` and `restored` say why the
    change can't be rehearsed, and are empty if it can. `accepted` has the reasons of accepted
    losses by logical id.
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
    moved: str = ""
    restored: str = ""
    accepted: Mapping[str, str] = field(default_factory=dict)

    def is_unchanged(self, environment: str) -> bool:
        """Return whether both versions deploy the same stack."""
        versions = self.base_as_written, self.as_written
        base, head = (template.stack(assembly, environment) for assembly in versions)
        return base == head


@dataclass(frozen=True, slots=True)
class Checkout:
    """The repository at a commit, and the Python with the packages that it pins."""

    reference: str
    commit: str
    workspace: Workspace
    python: Path

    def run(self, *arguments: str, on_line: OnLine | None = None) -> str:
        """Run `catalogctl` with the version's own code and packages. Raises `ToolError`."""
        return checkout.run_own(self.workspace, *arguments, on_line=on_line, python=self.python)


def rehearsal_workspace(workspace: Workspace, name: str) -> Workspace:
    """Return the folder of an environment's rehearsal: both versions and the embedded AWS."""
    return Workspace(workspace.build / "rehearsal" / name)


def rehearsal_workspaces(workspace: Workspace) -> tuple[Workspace, ...]:
    """Return the folders of all rehearsals that run or were killed."""
    parent = rehearsal_workspace(workspace, "any").root.parent
    return tuple(Workspace(home) for home in parent.glob("*") if home.is_dir())


def check_out(workspace: Workspace, base: Base, scratch: Workspace) -> Checkout:
    """Check out the repository at the base below `scratch`.

    Raises `PlatformError` when the packages that it pins can't be installed.
    """
    before = checkout.check_out(workspace, base.commit, scratch.root / "checkout")
    try:
        python = interpreter(before, workspace)
    except ToolError as error:
        raise PlatformError(
            f"{base.reference} ({base.commit[:10]}) pins other packages, which can't be installed:"
            f" {error.message}\n{error.tail}",
            hint=error.hint,
        ) from error
    return Checkout(base.reference, base.commit, before, python)


def synthesise_versions(
    workspace: Workspace,
    manifest: Manifest,
    before: Checkout,
    scratch: Workspace,
    on_line: OnLine,
) -> Versions:
    """Synthesise the environment at the base and in the working tree, below `scratch`.

    Raises `PlatformError` when a version cannot be synthesised.
    """
    name = manifest.environment.name
    now = Checkout("the working tree", "", workspace, Path(sys.executable))
    with ThreadPoolExecutor(2) as pool:
        pending = [
            pool.submit(_synthesise, version, name, scratch.root / f"{side}-as-written", on_line)
            for side, version in (("base", before), ("head", now))
        ]
    assemblies = pending[0].result(), pending[1].result()
    deployed = _rendered(before, name)
    functions = _function_changes(deployed, manifest)
    written, wanted = (template.read(assembly, name) for assembly in assemblies)
    (base_adapted, hidden), (head_adapted, found) = (
        _adapted(written, str(deployed["database"]["name"])),
        _adapted(wanted, manifest.database.name),
    )
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
        _moved(*assemblies, name),
        _restored(written, wanted),
    )


def _adapted(
    written: overlay.Template, database: str
) -> tuple[overlay.Template, tuple[Adjustment, ...]]:
    """Return a template that this machine can deploy, and what was adjusted."""
    fitting, found = overlay.adapt(written)
    adapted, emptied = restored_database.empty_instead(fitting, database)
    return adapted, (*found, *emptied)


def _with(
    known: Mapping[str, launcher.EmulatedType], used: set[str], fidelity: str
) -> tuple[str, ...]:
    return tuple(name for name in sorted(used & known.keys()) if known[name].fidelity == fidelity)


def _rendered(before: Checkout, name: str) -> dict[str, Any]:
    """Return the manifest of the base, rendered with its own code. Raises `PlatformError`."""
    try:
        found = json.loads(before.run("-q", "render", name, "--format", "json"))
        return {part: {**found[part]} for part in ("database", "processor")}
    except (ToolError, ValueError, KeyError) as error:
        raise PlatformError(
            f"{name} at the base, {before.reference}, cannot be rendered with its own code:"
            f" {error.tail if isinstance(error, ToolError) else error}"
        ) from error


def _function_changes(deployed: Mapping[str, Any], manifest: Manifest) -> tuple[NotRehearsed, ...]:
    """Return the changes of the functions' runtime and architecture.

    Both versions are synthesised for this machine, so their templates do not show them. `deployed`
    is the rendered manifest of the base.
    """
    old, new = deployed["processor"], manifest.processor
    parts = {
        "Runtime": (old["runtime"], new.runtime),
        "Architectures": (old["architecture"], new.architecture),
    }
    return tuple(
        NotRehearsed(
            "every function",
            "AWS::Lambda::Function",
            (part,),
            f"{before} → {now}: functions run on the Python and the processor of this machine",
        )
        for part, (before, now) in parts.items()
        if before != now
    )


def _with_functions(found: Coverage, functions: tuple[NotRehearsed, ...]) -> Coverage:
    return replace(found, not_rehearsed=(*found.not_rehearsed, *functions))


def _synthesise(version: Checkout, name: str, out: Path, on_line: OnLine) -> Path:
    """Synthesise in a separate process, which runs the version's own code."""
    arguments = ["synth", name, "--out", str(out), "--target", "embedded"]
    try:
        version.run(*arguments, on_line=on_line)
    except ToolError as error:
        commit = f" ({version.commit[:10]})" if version.commit else ""
        raise PlatformError(
            f"{version.reference}{commit}: {name} cannot be synthesised with its own code, in"
            f" {version.workspace.root}:\n{error.tail}",
            hint=f"in a checkout of this version: catalogctl synth {name} --out DIR",
        ) from error
    return out


def _moved(base: Path, head: Path, name: str) -> str:
    """Return whether the versions differ in account or region, as a sentence, or nothing."""
    before, now = (template.destination(assembly, name) for assembly in (base, head))
    if before == now:
        return ""
    return (
        f"The change moves {name} from {before} to {now}. There is nothing to update: a deployment"
        " creates another stack with empty stores, and the old one stays where it is."
    )


def _restored(base: overlay.Template, head: overlay.Template) -> str:
    """Return whether the versions restore different backups, as a sentence, or nothing."""
    if not restored_database.changes(base, head):
        return ""
    return (
        "The change decides from which backup the database is restored. Only the account has the"
        " backups, so the embedded AWS can't restore one."
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
