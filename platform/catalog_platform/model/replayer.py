"""The `replayer` section: the Lambda function that replays dead letters."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from catalog_platform.model.section import Section


class Replayer(Section, frozen=True, kw_only=True):
    """The failure replayer, invoked by `catalogctl replay`."""

    enabled: Annotated[
        bool,
        Meta(
            description="Create the function that replays dead letters. It reaches the stream "
            "through a NAT gateway or the kinesis-streams endpoint; AWS charges for both by the "
            "hour."
        ),
    ]
    # The largest input takes at most 60 % of the minimum; tests measure it.
    memory_mb: Annotated[
        int,
        Meta(
            description="Memory, in MiB. The function streams objects; more memory is faster.",
            ge=320,
            le=10240,
        ),
    ]
