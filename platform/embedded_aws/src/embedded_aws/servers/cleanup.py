"""Remove the stored data of an embedded AWS; none of its processes may be running."""

from __future__ import annotations

import shutil

from embedded_aws.servers import postgres, unprivileged
from embedded_aws.servers.layout import Layout


def remove_data(layout: Layout) -> None:
    """Remove the data and keep the logs."""
    if not layout.data.is_dir():
        return
    # PostgreSQL's data may be in a fallback folder, see `unprivileged`.
    instance_folders = [home / "data" for home in layout.databases.glob("*")]
    for folder in (layout.data / postgres.NAME, *instance_folders):
        unprivileged.remove(folder, unprivileged.account())
    shutil.rmtree(layout.data, ignore_errors=True)


def remove_all(layout: Layout) -> None:
    """Remove the data, the logs and all other files."""
    remove_data(layout)
    shutil.rmtree(layout.home, ignore_errors=True)
