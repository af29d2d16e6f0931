"""`catalogctl cost`: list what AWS bills for an environment every month."""

from __future__ import annotations

import sys

from catalog_platform.pipeline.cost import working_tree_bill
from catalog_platform.report import cost_json, cost_text
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace


def run(
    workspace: Workspace,
    *,
    name: str,
    format: str,  # noqa: A002 - the option's name
) -> int:
    """Print the bill of an environment of the working tree.

    Raises `UsageError` for an unknown environment or one that AWS doesn't bill, `FindingsError` for
    a manifest or a table of prices with errors.
    """
    progress = Progress()
    with progress.step(f"synthesise {name}"):
        found = working_tree_bill(workspace, name, progress)
    render = cost_json.render if format == "json" else cost_text.render
    sys.stdout.write(render(name, found))
    return 0
