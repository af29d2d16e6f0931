"""The steps that turn one environment's files into a manifest.

source ▶ merge ▶ render ▶ schema ▶ conversion ▶ checks
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace

from catalog_platform.findings import Finding, Location, sort_unique, visible
from catalog_platform.manifest import (
    checks,
    exceptions,
    extends,
    limits,
    merge,
    render,
    schema_check,
)
from catalog_platform.manifest.conversion import convert
from catalog_platform.manifest.reader import ManifestReader
from catalog_platform.manifest.resolved import Resolved
from catalog_platform.model import Manifest


@dataclass(frozen=True, slots=True)
class ManifestResult:
    """The resolved manifest of one environment, as complete as its errors allow.

    A manifest that violates a rule is included, so that it can be checked against the others.
    """

    name: str
    findings: tuple[Finding, ...]
    resolved: Resolved | None = None
    manifest: Manifest | None = None


def process(reader: ManifestReader, name: str) -> ManifestResult:
    """Resolve and check one environment by itself, within `limits`."""
    try:
        with limits.limited():
            result = _run(reader, name)
    except limits.LimitExceededError as error:
        finding = Finding(
            rule="too-expensive",
            message=f"checking this environment needs {error}",
            location=Location(reader.file(f"{name}.yaml")),
        )
        result = ManifestResult(name, (finding,))
    found = (
        replace(printable(finding), environment=finding.environment or name)
        for finding in result.findings
    )
    return replace(result, findings=sort_unique(found))


def printable(finding: Finding) -> Finding:
    """Return a finding whose texts can be printed, whatever the manifest contains."""
    return replace(
        finding,
        message=visible(finding.message),
        path=visible(finding.path),
        hint=visible(finding.hint),
    )


def _run(reader: ManifestReader, name: str) -> ManifestResult:
    chain = extends.chain(reader, f"{name}.yaml")
    findings = [each for document in chain.documents for each in document.findings]
    findings += chain.findings
    if not chain.is_usable:
        return ManifestResult(name, tuple(findings))
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
    manifest = None if rendered.broken else convert(resolved.tree)
    if manifest is None:
        file = reader.file(f"{name}.yaml")
        findings += schema_check.check(rendered.root, file, rendered.broken)
    if findings or manifest is None:
        return ManifestResult(name, tuple(findings), resolved)
    today = datetime.datetime.now(datetime.UTC).date()
    own = chain.documents[-1].directives
    findings += exceptions.apply(checks.check(manifest, resolved), own, today)
    return ManifestResult(name, tuple(findings), resolved, manifest)
