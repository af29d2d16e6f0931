"""How long logs are kept."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from catalog_platform.model.section import Keep, LogRetention, Section


class Logs(Section, frozen=True, kw_only=True):
    """Retention of every log group of the environment."""

    retention_days: Annotated[
        LogRetention, Meta(description="Days for which function and database logs are kept.")
    ]
    flow_log_retention_days: Annotated[
        LogRetention, Meta(description="Days for which VPC flow logs are kept.")
    ]
    on_removal: Annotated[
        Keep, Meta(description="What becomes of the log groups when they leave the stack.")
    ]
