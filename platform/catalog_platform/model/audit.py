"""Who did what: trails and access logs."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from catalog_platform.model.section import Keep, Section


class Audit(Section, frozen=True, kw_only=True):
    """CloudTrail and S3 access logs, kept in a bucket of their own."""

    trail: Annotated[
        bool,
        Meta(
            description="CloudTrail: use of the key, and every read and write of the archive.",
        ),
    ]
    access_logs: Annotated[bool, Meta(description="S3 server access logs of every bucket.")]
    retention_days: Annotated[
        int, Meta(description="Days for which audit logs are kept.", ge=1, le=36500)
    ]
    on_removal: Annotated[
        Keep, Meta(description="What becomes of the audit bucket when it leaves the stack.")
    ]
