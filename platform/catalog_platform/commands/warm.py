"""`catalogctl warm`: fill the cache of a deployed environment from its database."""

from __future__ import annotations

from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.approval import approve_write
from catalog_platform.pipeline.target import function_of
from catalog_platform.plural import plural
from catalog_platform.release.warm import flush, warm
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace


def run(workspace: Workspace, *, name: str, empty_first: bool = False, yes: bool = False) -> int:
    """Load every article into the cache, and print the count; return 1 when one failed.

    With `empty_first`, the cache loses what the database does not have; on AWS, ask for the
    environment's name before, unless `yes`.

    Raises `UsageError` without a terminal to ask on, `PlatformError` when the environment has no
    reader, or a store is unavailable.
    """
    manifest = Manifests(workspace).load(name)
    session, function = function_of(workspace, manifest, "reader")
    if empty_first:
        approve_write(manifest, session, "warm --flush", "the cache is emptied", confirmed=yes)
        with Progress().step(f"empty the cache of {name}"):
            flush(session, function)
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
