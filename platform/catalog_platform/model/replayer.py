"""The function that puts dead letters on the stream again."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from catalog_platform.model.section import Section


class Replayer(Section, frozen=True, kw_only=True):
    """The failure replayer, called by `catalogctl replay`."""

    enabled: Annotated[
        bool,
        Meta(
            description="Dead letters can be replayed. Inside its VPC the function reaches the "
            "stream over a NAT gateway or the endpoint kinesis-streams, both billed by the hour."
        ),
    ]
    # The largest input takes 60 % of the least at most, which tests measure.
    memory_mb: Annotated[
        int,
        Meta(
            description="Memory, in MiB. Objects are read piece by piece; more is faster.",
            ge=320,
            le=10240,
        ),
    ]
