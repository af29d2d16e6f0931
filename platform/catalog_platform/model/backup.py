"""The `backup` section: AWS Backup of the database and the archive."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from catalog_platform.model.section import DailyTime, Keep, Section


class Backup(Section, frozen=True, kw_only=True):
    """The AWS Backup vault and its daily plan."""

    enabled: Annotated[
        bool, Meta(description="Back up the database and the archive to a vault every day.")
    ]
    daily_at: Annotated[
        DailyTime, Meta(description="Start of the daily backup, UTC; AWS starts within an hour.")
    ]
    retention_days: Annotated[int, Meta(description="Days to keep each backup.", ge=1, le=36500)]
    on_removal: Annotated[
        Keep, Meta(description="What happens to the vault when it is removed from the stack.")
    ]
