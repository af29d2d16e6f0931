"""`catalogctl validate`: are the manifests sound?"""

from __future__ import annotations

import sys
from collections.abc import Sequence

from catalog_platform import manifest, report
from catalog_platform.findings import failed
from catalog_platform.workspace import Workspace


def run(workspace: Workspace, *, names: Sequence[str], format: str) -> int:  # noqa: A002
    """Print every finding of the named environments (none named: all); 1 when one is an error."""
    chosen = workspace.select(names)
    sound, findings = manifest.check(workspace, chosen)
    sys.stdout.write(report.render(findings, format))
    if not failed(findings):
        print(f"catalogctl: sound: {', '.join(sound) or 'no environments yet'}", file=sys.stderr)
    return 1 if failed(findings) else 0
