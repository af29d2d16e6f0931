"""Render findings: one format per module, each a pure function; `file` writes reports."""

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
    """Return findings in one of `FORMATS`; any other format, such as `yaml`, means text."""
    return FORMATS.get(chosen, text.render)(findings, sources)
