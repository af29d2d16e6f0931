"""`catalogctl warm`: fill the cache of a deployed environment from its database."""

from __future__ import annotations

from catalog_platform.pipeline.target import function_of
from catalog_platform.plural import plural
from catalog_platform.release.warm import warm
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace


def run(workspace: Workspace, *, name: str) -> int:
    """Load every article into the cache, and print the count; return 1 when one failed.

    Raises `PlatformError` when the environment has no reader, or a store is unavailable.
    """
    session, function = function_of(workspace, name, "reader")
    with Progress().step(f"warm the cache of {name}") as report_progress:
        done = warm(
            session,
            function,
            on_progress=lambda count: report_progress(plural(count.articles, "article")),
        )
    articles = plural(done.articles, "article")
    print(f"{articles}; values that were not in the cache: {done.written:,}")
    if done.failed:
        print(f"{plural(done.failed, 'article')} could not be written; see the log of {function}")
    return 1 if done.failed else 0
