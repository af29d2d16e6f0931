"""Findings in the form that a reader wants: one format per file, all of them pure functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from catalog_platform.findings import Finding
from catalog_platform.report import github, json, sarif, text

FORMATS: Mapping[str, Callable[[Iterable[Finding]], str]] = {
    "text": text.render,
    "json": json.render,
    "sarif": sarif.render,
    "github": github.render,
}


def render(findings: Iterable[Finding], chosen: str) -> str:
    """Findings in one of `FORMATS`; a format that is no report's (`yaml`, say) means text."""
    return FORMATS.get(chosen, text.render)(findings)
