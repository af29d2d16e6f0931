"""One environment, all the way: source ▶ merge ▶ render ▶ schema ▶ build ▶ checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from catalog_platform.findings import Finding, Location, failed, ordered
from catalog_platform.manifest import checks, merge, render, schema
from catalog_platform.manifest.build import build
from catalog_platform.manifest.layers import Reader
from catalog_platform.manifest.resolved import Resolved
from catalog_platform.model import Manifest
from catalog_platform.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one environment: as much of it as its findings leave.

    A manifest that breaks a rule is here all the same, to be held against the others.
    """

    name: str
    findings: tuple[Finding, ...]
    resolved: Resolved | None = None
    manifest: Manifest | None = None


def run(reader: Reader, name: str) -> Outcome:
    """Everything there is to know about one environment by itself."""
    return replace(outcome := _run(reader, name), findings=_owned(outcome.findings, name))


def _run(reader: Reader, name: str) -> Outcome:
    base, over = reader.defaults(), reader.document(name)
    findings = [*base.findings, *over.findings]
    if base.root is None or over.root is None:
        return Outcome(name, tuple(findings))
    merged, conflicts = merge.merge(base.root, over.root)
    rendered = render.render(merged)
    findings += [*conflicts, *rendered.findings]
    findings += schema.check(rendered.root, reader.file(name), rendered.broken)
    resolved = Resolved(name, (base.root, over.root), rendered.root, rendered.broken)
    if findings:
        return Outcome(name, tuple(findings), resolved)
    manifest = build(resolved.tree)
    findings += checks.check(manifest, resolved)
    return Outcome(name, tuple(findings), resolved, manifest)


def run_all(
    workspace: Workspace, names: Sequence[str]
) -> tuple[dict[str, Manifest], tuple[Finding, ...]]:
    """The sound environments among `names`, and all findings that concern `names`.

    Environments are also held against those that were not named; what is wrong with those alone
    is left out.
    """
    reader = Reader(workspace)
    outcomes = {name: run(reader, name) for name in {*workspace.environment_names(), *names}}
    across = checks.across(
        {
            name: (outcome.manifest, outcome.resolved)
            for name, outcome in sorted(outcomes.items())
            if outcome.manifest and outcome.resolved
        },
        names,
    )
    found = [finding for name in names for finding in outcomes[name].findings]
    found += [*reader.defaults().findings, *_stray(workspace), *across]
    refused = {finding.environment for finding in found if failed([finding])}
    manifests = {name: outcomes[name].manifest for name in names if name not in refused}
    sound = {name: manifest for name, manifest in manifests.items() if manifest}
    return sound, ordered(found)


def _owned(findings: Sequence[Finding], name: str) -> tuple[Finding, ...]:
    return tuple(replace(finding, environment=name) for finding in findings)


def _stray(workspace: Workspace) -> list[Finding]:
    """Files that look like manifests and are none: nobody would notice that they do nothing."""
    folder = workspace.environments
    return [
        Finding(
            rule="stray-file",
            message="is not read: manifests end in .yaml",
            location=Location(f"{folder.name}/{path.name}"),
            hint=f"rename it to {path.stem}.yaml",
        )
        for path in sorted(folder.glob("*.yml"))
    ]
