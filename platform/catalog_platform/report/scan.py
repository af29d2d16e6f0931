"""Render a scan in each format."""

from __future__ import annotations

from collections.abc import Mapping

from catalog_platform.findings import Sources
from catalog_platform.policy.results import ScanResult
from catalog_platform.report import (
    scan_github,
    scan_html,
    scan_json,
    scan_markdown,
    scan_sarif,
    scan_text,
)
from catalog_platform.report.scan_context import ScanContext

FILES: Mapping[str, str] = {
    "scan.txt": "text",
    "scan.json": "json",
    "scan.sarif": "sarif",
    "scan.md": "markdown",
    "scan.html": "html",
}


def render(result: ScanResult, chosen: str, sources: Sources, context: ScanContext) -> str:
    """Return the scan in a format. Raises `KeyError` for an unknown one."""
    match chosen:
        case "text":
            return scan_text.render(result, sources, context.today)
        case "json":
            return scan_json.render(result, sources, context.today)
        case "markdown":
            return scan_markdown.render(result, context)
        case "html":
            return scan_html.render(result, sources, context)
        case "sarif":
            return scan_sarif.render(result, sources)
        case "github":
            return scan_github.render(result, sources)
        case _:
            raise KeyError(chosen)
