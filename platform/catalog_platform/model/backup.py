"""AWS Backup: copies of the database and the archive that outlive both."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from catalog_platform.model.section import DailyTime, Keep, Section


class Backup(Section, frozen=True, kw_only=True):
    """The vault and the plan that fills it."""

    enabled: Annotated[bool, Meta(description="Copy database and archive into a vault every day.")]
    daily_at: Annotated[
        DailyTime, Meta(description="When the copies are begun, UTC; within an hour of it.")
    ]
    retention_days: Annotated[
        int, Meta(description="Days for which each copy is kept.", ge=1, le=36500)
    ]
    on_removal: Annotated[
        Keep, Meta(description="What becomes of the vault when it leaves the stack.")
    ]
