"""Findings in the form that a reader wants: one format per file, all of them pure functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from catalog_platform.findings import Finding, Sources
from catalog_platform.report import github, json, sarif, text

FORMATS: Mapping[str, Callable[[Iterable[Finding], Sources], str]] = {
    "text": text.render,
    "json": json.render,
    "sarif": sarif.render,
    "github": github.render,
}


def render(findings: Iterable[Finding], chosen: str, sources: Sources) -> str:
    """Findings in one of `FORMATS`; a format that is no report's (`yaml`, say) means text."""
    return FORMATS.get(chosen, text.render)(findings, sources)
