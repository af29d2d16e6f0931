"""The `stream` section: the Kinesis data stream of inventory updates."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from catalog_platform.model.section import Keep, Section


class Stream(Section, frozen=True, kw_only=True):
    """The Kinesis data stream that receives inventory updates."""

    mode: Annotated[
        Literal["provisioned", "on_demand"],
        Meta(description="Capacity mode: a fixed number of shards, or scaled by AWS."),
    ]
    shards: Annotated[
        Annotated[int, Meta(ge=1, le=200)] | None,
        Meta(description="Number of shards of a provisioned stream; null for on_demand."),
    ]
    retention_hours: Annotated[
        int,
        Meta(description="Hours to keep records in the stream.", ge=24, le=8760),
    ]
    on_removal: Annotated[
        Keep, Meta(description="What happens to the stream when it is removed from the stack.")
    ]
