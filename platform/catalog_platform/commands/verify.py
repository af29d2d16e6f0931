"""`catalogctl verify`: send updates to a deployed catalog and verify that each one arrives."""

from __future__ import annotations

from catalog_platform.aws.session import Session
from catalog_platform.errors import UsageError
from catalog_platform.manifest import Manifests
from catalog_platform.model import Manifest
from catalog_platform.pipeline.approval import approve_write, is_on_aws
from catalog_platform.pipeline.target import session_of
from catalog_platform.pipeline.verify import (
    feed_and_reconcile,
    malformed_count,
    print_reconciliation,
)
from catalog_platform.plural import plural
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace


def run(
    workspace: Workspace,
    *,
    name: str,
    updates: int,
    malformed: int | None,
    seed: int,
    yes: bool = False,
    allow_production: bool = False,
) -> int:
    """Send updates and print the reconciliation; return 1 when any is missing or unexpected.

    On AWS, ask for the environment's name unless `yes`, and refuse production unless
    `allow_production`. Raises `UsageError` for that, and for more malformed updates than updates,
    `PlatformError`, `FindingsError`.
    """
    malformed = malformed_count(updates, malformed)
    manifest = Manifests(workspace).load(name)
    session = session_of(workspace, manifest)
    if not allow_production:
        _refuse_production(manifest, session)
    effect = f"{plural(updates, 'synthetic update')}, {malformed:,} of them malformed, are written"
    approve_write(manifest, session, "verify", effect, confirmed=yes)
    reconciliation = feed_and_reconcile(
        session, name, updates=updates, malformed=malformed, seed=seed, progress=Progress()
    )
    return print_reconciliation(reconciliation)


def _refuse_production(manifest: Manifest, session: Session) -> None:
    if manifest.environment.tier == "production" and is_on_aws(manifest, session):
        raise UsageError(
            f"{manifest.environment.name} is a production environment on AWS, and synthetic stock "
            "and dead letters would stay in it",
            hint="verify a test environment; to write into production on purpose, allow it with "
            "--allow-production",
        )
