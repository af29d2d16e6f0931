"""Removes what the embedded AWS of a workspace has ever stored; nothing of it may run any more."""

from __future__ import annotations

import shutil

from catalog_platform.local import postgres, unprivileged
from catalog_platform.local.layout import Layout


def forget(layout: Layout) -> None:
    """Remove the data; logs stay."""
    if not layout.data.is_dir():
        return
    # Data of PostgreSQL may lie elsewhere, see `unprivileged`.
    homes = [home / "data" for home in layout.databases.glob("*")]
    for wanted in (layout.data / postgres.NAME, *homes):
        unprivileged.remove(wanted, unprivileged.account())
    shutil.rmtree(layout.data, ignore_errors=True)


def dispose(layout: Layout) -> None:
    """Remove the data and everything else."""
    forget(layout)
    shutil.rmtree(layout.home, ignore_errors=True)
