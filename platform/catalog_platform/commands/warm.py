"""`catalogctl warm`: fill the cache from the database."""

from __future__ import annotations

from catalog_platform.commands.target import function_of
from catalog_platform.release.warm import warm
from catalog_platform.report.progress import Progress
from catalog_platform.workspace import Workspace


def run(workspace: Workspace, *, name: str) -> int:
    """Load every article; print how many.

    Raises `PlatformError` when the environment has no reader, or a store is away.
    """
    session, function = function_of(workspace, name, "reader")
    with Progress().step(f"warm the cache of {name}") as tell:
        done = warm(session, function, on_progress=lambda at: tell(f"{at.articles:,} articles"))
    print(f"{done.articles:,} articles; the cache did not have {done.written:,} of their values")
    return 0
