"""The `encryption` section: the customer-managed KMS keys of the environment."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from catalog_platform.model.section import Keep, Section


class Encryption(Section, frozen=True, kw_only=True):
    """The KMS key of every data store, and that of the alarms' topics, the trail and its log."""

    rotation_days: Annotated[
        int, Meta(description="Days between rotations of the keys' material.", ge=90, le=2560)
    ]
    deletion_window_days: Annotated[
        int, Meta(description="Days in which a key deletion can be cancelled.", ge=7, le=30)
    ]
    on_removal: Annotated[
        Keep, Meta(description="What happens to the keys when they are removed from the stack.")
    ]
