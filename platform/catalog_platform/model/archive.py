"""The `archive` section: the S3 bucket that keeps every applied update for audits."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from catalog_platform.model.section import Keep, Section

TransitionDays = Annotated[int, Meta(ge=0, le=3650)]


class Archive(Section, frozen=True, kw_only=True):
    """The compliance archive."""

    retention_days: Annotated[
        int,
        Meta(
            description="Days to keep objects. Three calendar years with a leap day are 1096 days.",
            ge=1,
            le=36500,
        ),
    ]
    noncurrent_retention_days: Annotated[
        int,
        Meta(description="Days to keep overwritten or deleted versions.", ge=1, le=3650),
    ]
    intelligent_tiering_after_days: Annotated[
        TransitionDays | None,
        Meta(
            description="Days until objects of 128 KiB or more move to Intelligent-Tiering, whose "
            "archive instant access tier keeps what is not read for 90 days; null: never."
        ),
    ]
    glacier_after_days: Annotated[
        TransitionDays | None,
        Meta(
            description="Days until objects of 128 KiB or more move to Glacier Flexible, which AWS "
            "Backup can't read; null: never."
        ),
    ]
    deep_archive_after_days: Annotated[
        TransitionDays | None,
        Meta(
            description="Days until objects of 128 KiB or more move to Glacier Deep Archive, which "
            "AWS Backup can't read; null: never."
        ),
    ]
    object_lock: Annotated[
        Literal["off", "governance", "compliance"],
        Meta(
            description="S3 Object Lock (write once, read many): objects can't be deleted before "
            "their retention ends."
        ),
    ]
    on_removal: Annotated[
        Keep, Meta(description="What happens to the bucket when it is removed from the stack.")
    ]
