"""`catalogctl verify`: send updates to a deployed catalog and verify that each one arrives."""

from __future__ import annotations

from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.target import session_of
from catalog_platform.pipeline.verify import (
    feed_and_reconcile,
    malformed_count,
    print_reconciliation,
)
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace


def run(workspace: Workspace, *, name: str, updates: int, malformed: int | None, seed: int) -> int:
    """Send updates and print the reconciliation; return 1 when any is missing or unexpected.

    Raises `UsageError` for more malformed updates than updates, `PlatformError`, `FindingsError`.
    """
    malformed = malformed_count(updates, malformed)
    manifest = Manifests(workspace).load(name)
    session = session_of(workspace, manifest)
    reconciliation = feed_and_reconcile(
        session, name, updates=updates, malformed=malformed, seed=seed, progress=Progress()
    )
    return print_reconciliation(reconciliation)
