"""Render what code scanning is to show of a scan, as SARIF.

It ignores `suppressions` and `baselineState`, so it would show waived and fixed results as open.
https://github.com/github/codeql-action/issues/1230
"""

from __future__ import annotations

from dataclasses import replace

from catalog_platform.findings import Sources
from catalog_platform.policy.results import ScanResult
from catalog_platform.report import scan_sarif


def render(result: ScanResult, sources: Sources) -> str:
    """Return the log of a scan without what is waived or fixed."""
    results = tuple(each for each in result.results if each.waiver is None)
    return scan_sarif.render(replace(result, results=results, fixed=()), sources)
