"""The Kinesis stream of inventory updates."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from catalog_platform.model.section import Keep, Section


class Stream(Section, frozen=True, kw_only=True):
    """Where inventory updates arrive."""

    mode: Annotated[
        Literal["provisioned", "on_demand"],
        Meta(description="Capacity: a fixed number of shards, or as AWS sees fit."),
    ]
    shards: Annotated[
        Annotated[int, Meta(ge=1, le=200)] | None,
        Meta(description="Shards of a provisioned stream; null when on demand."),
    ]
    retention_hours: Annotated[
        int,
        Meta(description="Hours for which records can be read again.", ge=24, le=8760),
    ]
    on_removal: Annotated[
        Keep, Meta(description="What becomes of the stream when it leaves the stack.")
    ]
