"""One environment, all the way: source ▶ merge ▶ render ▶ schema ▶ build ▶ checks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from catalog_platform.findings import Finding, Location, failed, ordered
from catalog_platform.manifest import checks, extends, limits, merge, render, schema
from catalog_platform.manifest.build import build, fits
from catalog_platform.manifest.reader import Reader
from catalog_platform.manifest.resolved import Resolved
from catalog_platform.model import Manifest
from catalog_platform.workspace import Workspace

LARGE = 16 * 1024  # characters of a file that are not kept once they are understood

Told = Callable[[str, tuple[Finding, ...]], None]


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
    """Everything there is to know about one environment by itself, within `limits`."""
    try:
        with limits.bounded():
            outcome = _run(reader, name)
    except limits.LimitExceededError as error:
        finding = Finding(
            rule="too-expensive",
            message=f"checking this environment took {error}",
            location=Location(reader.file(f"{name}.yaml")),
        )
        outcome = Outcome(name, (finding,))
    found = tuple(reader.completed(finding, name) for finding in outcome.findings)
    return replace(outcome, findings=ordered(found))


def _run(reader: Reader, name: str) -> Outcome:
    chain = extends.chain(reader, f"{name}.yaml")
    findings = [each for document in chain.documents for each in document.findings]
    findings += chain.findings
    if not chain.is_usable:
        return Outcome(name, tuple(findings))
    layers = tuple(
        merge.Layer(document.root, document.directives.overrides)
        for document in chain.documents
        if document.root is not None
    )
    merged, conflicts = merge.merge(*layers)
    rendered = render.render(merged, reader.inside)
    findings += [*conflicts, *rendered.findings]
    resolved = Resolved(
        name,
        layers,
        rendered.root,
        rendered.broken,
        chain.documents[-1].directives.values.divergences,
    )
    tree = resolved.tree
    if rendered.broken or not fits(tree):
        file = reader.file(f"{name}.yaml")
        findings += schema.check(rendered.root, file, rendered.broken)
    if findings:
        return Outcome(name, tuple(findings), resolved)
    manifest = build(tree)
    findings += checks.check(manifest, resolved)
    return Outcome(name, tuple(findings), resolved, manifest)


def run_all(
    workspace: Workspace, names: Sequence[str], on_checked: Told
) -> tuple[dict[str, Manifest], tuple[Finding, ...]]:
    """The sound environments among `names`, and all findings that concern `names`.

    Environments are also held against those that were not named; what is wrong with those alone
    is left out. `on_checked` hears of every environment as soon as it is checked, and at the
    end, without a name, of what lies between environments.
    """
    reader = Reader(workspace)
    outcomes: dict[str, Outcome] = {}
    found: list[Finding] = []
    wanted = frozenset(names)
    for name in sorted({*workspace.environment_names(), *names}):
        outcomes[name] = run(reader, name)
        reader.forget_if_longer(f"{name}.yaml", LARGE)
        concerning = outcomes[name].findings if name in wanted else ()
        found += concerning
        on_checked(name, concerning)
    across = checks.across(
        {
            name: (outcome.manifest, outcome.resolved)
            for name, outcome in outcomes.items()
            if outcome.manifest is not None and outcome.resolved is not None
        },
        names,
    )
    last = [*reader.defaults().findings, *_stray(workspace), *across]
    between = tuple(reader.completed(finding) for finding in last)
    on_checked("", between)
    found += between
    refused = {finding.environment for finding in found if failed([finding])}
    manifests = {name: outcomes[name].manifest for name in names if name not in refused}
    sound = {name: manifest for name, manifest in manifests.items() if manifest}
    return sound, ordered(found)


def _stray(workspace: Workspace) -> list[Finding]:
    """Files that look like manifests and are none: nobody would notice that they do nothing."""
    folder = workspace.environments
    return [
        Finding(
            rule="stray-file",
            message="is not read: manifests end in .yaml",
            location=Location(path.relative_to(folder.parent).as_posix()),
            hint=f"rename it to {path.stem}.yaml",
        )
        for path in sorted(folder.glob("*.yml"))
    ]
