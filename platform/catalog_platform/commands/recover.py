"""`catalogctl recover`: make a stack deployable again after an operation has failed."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from catalog_platform.aws.account import require_account
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.approval import confirm, is_on_aws
from catalog_platform.pipeline.target import session_of
from catalog_platform.release.recovery import execution, planning
from catalog_platform.release.recovery.request import Request
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace


def run(
    workspace: Workspace,
    *,
    name: str,
    retain: Sequence[str] = (),
    skip: Sequence[str] = (),
    dry_run: bool = False,
    yes: bool = False,
) -> int:
    """Print what is done, ask for the environment's name, and do it.

    Raises `UsageError`, and `PlatformError` when the recovery would lose data, the stack changes
    meanwhile, or AWS refuses a call.
    """
    manifest = Manifests(workspace).load(name)
    session = session_of(workspace, manifest)
    require_account(session, name, manifest.environment.account)
    plan = planning.make(Request(session, name, tuple(retain), tuple(skip)))
    for line in plan.lines():
        print(line)
    if dry_run or not plan.steps:
        return 0
    if is_on_aws(manifest, session):
        confirm(name, "recover", confirmed=yes)
    try:
        execution.execute(
            session,
            plan,
            timeout=manifest.release.deploy_timeout_minutes * 60,
            show_step=Progress().step,
        )
    except KeyboardInterrupt:
        print(
            "catalogctl: CloudFormation continues what has begun; "
            f"see catalogctl recover {name} --dry-run",
            file=sys.stderr,
        )
        raise
    print(f"recovered; deploy it: catalogctl deploy {name}")
    return 0
