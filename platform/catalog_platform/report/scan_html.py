"""The scan as one HTML page that needs no network and no script, to be read and printed."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment

from catalog_platform.findings import Sources
from catalog_platform.policy.results import ScanResult
from catalog_platform.policy.severity import PolicySeverity
from catalog_platform.report import base_policies, html_page, scan_order
from catalog_platform.report.scan_context import ScanContext
from catalog_platform.report.scan_page import FINDINGS, ROWS, page

FOLDER = html_page.TEMPLATES / "scan"


def render(result: ScanResult, sources: Sources, context: ScanContext) -> str:
    """Return the page. Findings and rows that it has no room for are counted instead."""
    shown = page(result, sources, context)
    return html_page.render(_jinja(), FOLDER, scan=result, context=context, page=shown)


@cache
def _jinja() -> Environment:
    jinja = html_page.page_templates(FOLDER)
    jinja.globals.update(
        FINDINGS=FINDINGS,
        ROWS=ROWS,
        SEVERITIES=[each.value for each in PolicySeverity],
        subject=scan_order.subject,
        base_policies=base_policies.sentence,
    )
    return jinja
