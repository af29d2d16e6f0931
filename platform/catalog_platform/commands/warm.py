"""`catalogctl warm`: fill the cache from the database."""

from __future__ import annotations

from catalog_platform.pipeline.target import function_of
from catalog_platform.release.warm import warm
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace


def run(workspace: Workspace, *, name: str) -> int:
    """Load every article; print how many. 1 when the cache does not hold some of them.

    Raises `PlatformError` when the environment has no reader, or a store is away.
    """
    session, function = function_of(workspace, name, "reader")
    with Progress().step(f"warm the cache of {name}") as tell:
        done = warm(session, function, on_progress=lambda at: tell(f"{at.articles:,} articles"))
    print(f"{done.articles:,} articles; the cache did not have {done.written:,} of their values")
    if done.failed:
        print(f"{done.failed:,} articles could not be written; the function's log says why")
    return 1 if done.failed else 0
