"""`catalogctl verify`: feed a deployed catalog and account for every record."""

from __future__ import annotations

from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.target import session_of
from catalog_platform.pipeline.verify import expect_sizes, feed_and_reconcile, print_account
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace


def run(workspace: Workspace, *, name: str, updates: int, malformed: int, seed: int) -> int:
    """Feed the environment and print the account; 1 when anything is lost or made up.

    Raises `UsageError` for impossible sizes, `PlatformError`, `FindingsError`.
    """
    expect_sizes(updates, malformed)
    manifest = Manifests(workspace).load(name)
    session = session_of(workspace, manifest)
    account = feed_and_reconcile(
        session, name, updates=updates, malformed=malformed, seed=seed, progress=Progress()
    )
    return print_account(account)
