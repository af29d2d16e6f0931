"""Where updates go that could not be applied."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from catalog_platform.model.section import Keep, Section


class DeadLetters(Section, frozen=True, kw_only=True):
    """The bucket that keeps the payloads and the queue that announces them."""

    payload_retention_days: Annotated[
        int, Meta(description="Days for which payloads can be replayed.", ge=1, le=3650)
    ]
    queue_retention_days: Annotated[
        int, Meta(description="Days for which the announcement stays queued.", ge=1, le=14)
    ]
    on_removal: Annotated[
        Keep, Meta(description="What becomes of bucket and queue when they leave the stack.")
    ]
