"""The `audit` section: the CloudTrail trail and S3 access logs."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from catalog_platform.model.section import Keep, Section


class Audit(Section, frozen=True, kw_only=True):
    """CloudTrail and S3 access logs, stored in a separate bucket."""

    trail: Annotated[
        bool,
        Meta(
            description="Create a CloudTrail trail that records every read and write of the "
            "archive, and management events.",
        ),
    ]
    management_events: Annotated[
        bool,
        Meta(
            description="Record management events of all regions in the trail, among them every "
            "use of the KMS key. false: the trail records accesses to the archive only. AWS "
            "charges for every copy after the first, so set it to false where a trail of the "
            "organisation records them already.",
        ),
    ]
    access_logs: Annotated[
        bool, Meta(description="Write S3 server access logs for the archive and dead letters.")
    ]
    retention_days: Annotated[int, Meta(description="Days to keep audit logs.", ge=1, le=36500)]
    on_removal: Annotated[
        Keep,
        Meta(description="What happens to the audit bucket when it is removed from the stack."),
    ]
