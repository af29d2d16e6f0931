"""The `logs` section: the retention of log groups."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from catalog_platform.model.section import Keep, LogRetention, Section


class Logs(Section, frozen=True, kw_only=True):
    """The retention of every log group of the environment."""

    retention_days: Annotated[
        LogRetention, Meta(description="Days to keep function and database logs.")
    ]
    flow_log_retention_days: Annotated[
        LogRetention, Meta(description="Days to keep VPC flow logs.")
    ]
    on_removal: Annotated[
        Keep,
        Meta(description="What happens to the log groups when they are removed from the stack."),
    ]
