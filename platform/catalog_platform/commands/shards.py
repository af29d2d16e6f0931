"""`catalogctl shards`: print into how many shards a plan is best divided."""

from __future__ import annotations

import json

from catalog_platform.pipeline.kept import manifests_of
from catalog_platform.pipeline.planning.candidates import candidates
from catalog_platform.pipeline.shard import shards
from catalog_platform.workspace import Workspace


def run(workspace: Workspace, *, base: str | None, largest: int) -> int:
    """Print a list of shards as JSON, for the matrix of a workflow.

    There are as many that each has about `largest` environments that may differ from the base. The
    list is empty if one job is enough. Nothing is synthesised.

    Raises `UsageError` for an unknown commit, `PlatformError` when it can't be checked out.
    """
    found = candidates(manifests_of(workspace), base)
    print(json.dumps([str(each) for each in shards(len(found), largest)]))
    return 0
