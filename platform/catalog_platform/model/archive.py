"""The S3 bucket that keeps every applied update for the auditors."""

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
            description="Days for which objects are kept. Three calendar years are 1096 days as "
            "soon as a leap day lies between.",
            ge=1,
            le=36500,
        ),
    ]
    noncurrent_retention_days: Annotated[
        int,
        Meta(description="Days for which overwritten or deleted versions stay.", ge=1, le=3650),
    ]
    intelligent_tiering_after_days: Annotated[
        TransitionDays | None, Meta(description="Days until Intelligent-Tiering; null: never.")
    ]
    glacier_after_days: Annotated[
        TransitionDays | None, Meta(description="Days until Glacier Flexible; null: never.")
    ]
    deep_archive_after_days: Annotated[
        TransitionDays | None, Meta(description="Days until Glacier Deep Archive; null: never.")
    ]
    object_lock: Annotated[
        Literal["off", "governance", "compliance"],
        Meta(description="Write once, read many: objects cannot be deleted before their time."),
    ]
    on_removal: Annotated[
        Keep, Meta(description="What becomes of the bucket when it leaves the stack.")
    ]
