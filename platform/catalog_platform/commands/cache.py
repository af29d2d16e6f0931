"""`catalogctl cache`: show and empty the caches of a repository and its user."""

from __future__ import annotations

import datetime
import json
from dataclasses import asdict

from catalog_platform.pipeline import caches
from catalog_platform.pipeline.caches import CacheContent
from catalog_platform.plural import plural
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace

COLUMNS = ("cache", "entries", "bytes", "damaged", "oldest use", "newest use")


def status(workspace: Workspace, *, format: str) -> int:  # noqa: A002 - the option's name
    """Print what each cache holds, as a table or as JSON. Damaged entries are counted."""
    found = caches.contents(workspace.build)
    if format == "json":
        print(json.dumps([{**asdict(each), **_times(each)} for each in found], indent=2))
        return 0
    rows = [COLUMNS, *(_row(each) for each in found)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    for row in rows:
        cells = (
            text.rjust(width) if 1 <= column <= 3 else text.ljust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        print("  ".join(cells).rstrip())
    return 0


def clear(workspace: Workspace, *, everything: bool) -> int:
    """Remove results of earlier runs, with `everything` also bundles and installed packages."""
    for each in caches.clear(workspace.build, everything=everything):
        Progress().note(
            f"{each.name}: {plural(each.entries, 'entry', 'entries')} removed, {each.bytes:,} bytes"
        )
    return 0


def _row(content: CacheContent) -> tuple[str, ...]:
    times = (each or "" for each in _times(content).values())
    return (
        content.name,
        f"{content.entries:,}",
        f"{content.bytes:,}",
        str(content.damaged),
        *times,
    )


def _times(content: CacheContent) -> dict[str, str | None]:
    """Return the times of use in UTC."""
    times = {"oldest_use": content.oldest_use, "newest_use": content.newest_use}
    return {
        name: None
        if each is None
        else f"{datetime.datetime.fromtimestamp(each, datetime.UTC):%Y-%m-%dT%H:%M:%SZ}"
        for name, each in times.items()
    }
