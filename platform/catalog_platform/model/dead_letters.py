"""The `dead_letters` section: storage for updates that could not be applied."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from catalog_platform.model.section import Keep, Section


class DeadLetters(Section, frozen=True, kw_only=True):
    """The bucket that stores payloads and the queue that announces them."""

    payload_retention_days: Annotated[
        int, Meta(description="Days to keep payloads for a replay.", ge=1, le=3650)
    ]
    queue_retention_days: Annotated[
        int, Meta(description="Days to keep messages in the queue.", ge=1, le=14)
    ]
    on_removal: Annotated[
        Keep,
        Meta(
            description="What happens to the bucket and the queue when they are removed from the "
            "stack."
        ),
    ]
