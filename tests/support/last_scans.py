"""Repositories with a kept scan, without running one."""

from __future__ import annotations

import datetime
from pathlib import Path

from catalog_platform.manifest import Manifests
from catalog_platform.pipeline import last_scan
from catalog_platform.policy.results import PolicyResult, ScannedEnvironment, ScanResult
from catalog_platform.report import scan_json
from catalog_platform.workspace import Workspace
from support import templates
from support.manifests import VALID, a_repository

SCANNED = (
    ScannedEnvironment(name="dev", tier="development", target="aws"),
    ScannedEnvironment(name="prod", tier="production", target="aws"),
)


def with_scan(
    root: Path, *results: PolicyResult, waivers: str = "", **severities: str
) -> Workspace:
    """Return a repository with the environments dev and prod, and with these results of a scan."""
    manifests = {each.name: VALID.replace("sample", each.name) for each in SCANNED}
    workspace = a_repository(root, **manifests)
    templates.policies(
        workspace.policies, waivers=waivers, severities=templates.severities(**severities)
    )
    result = ScanResult(environments=SCANNED, results=results)
    text = scan_json.render(result, Manifests(workspace), datetime.date(2030, 6, 1))
    last_scan.keep(workspace, last_scan.inputs(workspace), text)
    return workspace
