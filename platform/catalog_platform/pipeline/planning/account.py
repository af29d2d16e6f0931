"""Load what asks an account, only for the plans that do."""

from __future__ import annotations

from collections.abc import Sequence

from catalog_platform.pipeline.planning.plan import Against
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace


def account_of(workspace: Workspace, names: Sequence[str], progress: Progress) -> Against:
    """Return what adds the answers of the environments' accounts to their plans.

    Raises `PlatformError`; see `AgainstAws`.
    """
    # Imported here because it loads boto3.
    from catalog_platform.pipeline.planning.against_aws import AgainstAws

    return AgainstAws(workspace, names, progress)
