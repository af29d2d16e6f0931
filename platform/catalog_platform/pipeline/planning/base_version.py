"""The base of a plan: a commit, validated and synthesised with its own code."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from catalog_platform.errors import PlatformError, ToolError
from catalog_platform.findings import Finding, Location
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.compared_versions import CODE, MANIFESTS
from catalog_platform.pipeline.planning.side import Side, read_stacks
from catalog_platform.pipeline.planning.stack_cache import StackCache
from catalog_platform.pipeline.planning.working_tree import Validated, synthesised
from catalog_platform.pipeline.synth import Synthesis
from catalog_platform.plan.stack import Stack
from catalog_platform.terminal.progress import Progress
from catalog_platform.versions.checkout import run_own
from catalog_platform.versions.comparison_base import Base
from catalog_platform.versions.files import CommitFiles
from catalog_platform.versions.own_packages import interpreter
from catalog_platform.workspace import Workspace

DETAIL = 300
NOT_SYNTHESISED = "base-not-synthesised"
OnLine = Callable[[str], None]
Errors = dict[str, tuple[Finding, ...]]


def inputs(files: CommitFiles) -> str:
    """Return the SHA-256 over all files of a commit that its stacks are made of.

    Raises `PlatformError` for submodules among them: a checkout of the commit has none of their
    files, so its stacks would be wrong.
    """
    if submodules := files.submodules(*CODE, MANIFESTS):
        raise PlatformError(
            f"commit {files.commit[:12]} has submodules, which are not compared: "
            f"{', '.join(submodules)}",
            hint="keep code and manifests in the repository itself",
        )
    return hashlib.sha256(files.below(*CODE, MANIFESTS).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class BaseVersion:
    """The base in the folder `before`, the working tree in `now`, and a folder for assemblies."""

    before: Workspace
    base: Base
    now: Workspace
    scratch: Path
    show: OnLine

    def run(self, *arguments: str, on_line: OnLine) -> str:
        """Run `catalogctl` with the base's own code and the packages that it pins.

        Raises `ToolError` when it fails, or the packages can't be installed.
        """
        python = interpreter(self.before, self.now)
        return run_own(self.before, *arguments, on_line=on_line, python=python)


def base_side(version: BaseVersion, chosen: tuple[str, ...], cache: StackCache) -> Side:
    """Synthesise those of the chosen environments that the base has.

    Stacks in the cache are taken from there; new ones are added to it.
    """
    existing = version.before.environment_names()
    names = tuple(name for name in chosen if name in existing)
    kept = {name: found for name in names if (found := cache.read(name)) is not None}
    made = own_code_side(version, tuple(name for name in names if name not in kept))
    return _with_kept(made, names, kept, cache)


def own_code_side(version: BaseVersion, names: tuple[str, ...]) -> Side:
    """Validate and synthesise environments of the base with its own code."""
    invalid = validation_errors(version, names)
    made, failed = _assemblies(version, tuple(name for name in names if name not in invalid))
    stacks: dict[str, Stack] = {}
    digests: dict[str, str] = {}
    for name, (_, stack, digest) in made.items():
        stacks[name], digests[name] = stack, digest
    return Side(
        workspace=version.before,
        manifests=Manifests(version.before),
        names=names,
        stacks=stacks,
        digests=digests,
        findings=invalid | failed,
        assemblies={name: assembly for name, (assembly, _, _) in made.items()},
    )


def same_code_side(
    before: Validated,
    now: Workspace,
    cache: StackCache,
    scratch: Path,
    synthesis: Synthesis | None = None,
) -> Side:
    """Synthesise the base's environments with this program's code, which the base has as well.

    That takes a fraction of the time of `base_side`: no other process, and the CDK is loaded once.
    """
    kept = {name: found for name in before.valid if (found := cache.read(name)) is not None}
    rest = tuple(name for name in before.valid if name not in kept)
    made = synthesised(before, "base", now, rest, scratch, Progress(quiet=True), synthesis)
    return _with_kept(made, before.names, kept, cache)


def _with_kept(
    made: Side, names: tuple[str, ...], kept: Mapping[str, tuple[Stack, str]], cache: StackCache
) -> Side:
    """Return a side with the stacks of the cache too; add its own ones to the cache."""
    for name, stack in made.stacks.items():
        cache.write(name, stack, made.digests[name])
    return replace(
        made,
        names=names,
        stacks={**made.stacks, **{name: stack for name, (stack, _) in kept.items()}},
        digests={**made.digests, **{name: digest for name, (_, digest) in kept.items()}},
    )


def _assemblies(
    version: BaseVersion, names: tuple[str, ...]
) -> tuple[dict[str, tuple[Path, Stack, str]], Errors]:
    """Return assembly, stack and digest by environment, and why an environment has none.

    After a failure, each environment is synthesised alone: the others are not to suffer from it.
    """
    if not names:
        return {}, {}
    out = version.scratch / f"base-{len(names)}-{names[0]}"
    try:
        version.run("synth", *names, "--out", str(out), on_line=version.show)
        stacks, digests = read_stacks(out, names)
        return {name: (out, stacks[name], digests[name]) for name in names}, {}
    except (ToolError, OSError, ValueError, KeyError) as error:
        tail = error.tail if isinstance(error, ToolError) else str(error)
        if len(names) == 1:
            return {}, {names[0]: (_failed(version.base, tail),)}
    made: dict[str, tuple[Path, Stack, str]] = {}
    failed: Errors = {}
    for name in names:
        one, wrong = _assemblies(version, (name,))
        made |= one
        failed |= wrong
    return made, failed


def validation_errors(version: BaseVersion, names: tuple[str, ...]) -> Errors:
    """Return the errors that the base's own code finds, by environment."""
    if not names:
        return {}
    lines: list[str] = []
    try:
        version.run("-q", "validate", *names, "--format", "json", on_line=lines.append)
    except (ToolError, OSError) as error:
        try:
            return _by_environment(lines, names)
        except (ValueError, LookupError, TypeError, AttributeError):
            tail = error.tail if isinstance(error, ToolError) else str(error)
            failed = Finding(
                rule="base-invalid",
                message=f"its own code can't validate it: {tail.strip()[-DETAIL:]}",
                location=Location("environments"),
            )
            return dict.fromkeys(names, (failed,))
    return {}


def _by_environment(lines: list[str], names: tuple[str, ...]) -> Errors:
    """Return the errors of a JSON report. One without an environment concerns all of them.

    Raises `ValueError`, `LookupError`, `TypeError` or `AttributeError` for another output.
    """
    text = "\n".join(lines[lines.index("{") : lines.index("}") + 1])
    errors = [each for each in json.loads(text)["findings"] if each["severity"] == "error"]
    found: Errors = {}
    for each in errors:
        for name in names if each["environment"] not in names else (each["environment"],):
            found[name] = (*found.get(name, ()), _finding(each))
    if not found:
        raise LookupError("no error")
    return found


def _finding(entry: dict[str, Any]) -> Finding:
    return Finding(
        rule=str(entry["rule"]),
        message=str(entry["message"]),
        location=Location(str(entry["file"]), int(entry["line"]), int(entry["column"])),
        environment=str(entry["environment"]),
    )


def _failed(base: Base, tail: str) -> Finding:
    detail = tail.strip()[-DETAIL:]
    return Finding(
        rule=NOT_SYNTHESISED,
        message=f"{base.reference} can't be synthesised with its own code: {detail}",
        location=Location("environments"),
        hint="repair the base, or name another one: --base REF",
    )
