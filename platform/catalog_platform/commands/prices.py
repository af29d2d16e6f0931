"""`catalogctl prices refresh`: rewrite the table of prices from AWS's price list files."""

from __future__ import annotations

from catalog_platform.aws.prices import table
from catalog_platform.aws.prices.price import Price
from catalog_platform.aws.prices.refresh import refresh as refreshed_table
from catalog_platform.aws.prices.source import source_of
from catalog_platform.plural import plural
from catalog_platform.report import file
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace


def refresh(workspace: Workspace, *, source: str) -> int:
    """Rewrite `policies/prices/aws.tsv`, and print the prices that changed.

    `source` is a folder or an HTTPS address with AWS's price list files. Raises `UsageError` for
    another source, `FindingsError` when the table is malformed, and `PlatformError` when a file is
    malformed or lacks a price. The table is unchanged then.
    """
    files, progress = source_of(source), Progress()
    before = table.read(workspace.policies)
    with progress.step("read the price lists") as show:
        found = refreshed_table(before, files, show)
    file.write(table.file_in(workspace.policies), table.text_of(found.prices))
    for old, new in found.changed:
        print(f"{new.id} in {new.region}: {_text(old)} → {_text(new)} USD per {new.unit}")
    read = len(found.prices) - len(found.kept)
    progress.note(f"{plural(read, 'price')} read, {len(found.changed)} of them changed")
    if found.kept:
        kept = plural(len(found.kept), "price")
        progress.note(f"{kept} kept with its date: the entry has no offer and match")
    return 0


def _text(price: Price) -> str:
    return "unknown" if price.usd is None else f"{price.usd:f}"
