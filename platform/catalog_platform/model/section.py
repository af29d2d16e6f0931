"""The base class of sections and the scalar types that they share."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta


class Section(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The base class of sections: immutable, every key required, unknown keys rejected."""


OnRemoval = Literal["retain", "snapshot", "destroy"]
Keep = Literal["retain", "destroy"]

# https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html
DailyWindow = Annotated[
    str,
    Meta(
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$",
        examples=["03:00-04:00"],
    ),
]
DailyTime = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$", examples=["01:00"])]
WeeklyWindow = Annotated[
    str,
    Meta(
        pattern=r"^(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]"
        r"-(mon|tue|wed|thu|fri|sat|sun):([01][0-9]|2[0-3]):[0-5][0-9]$",
        examples=["mon:04:30-mon:05:30"],
    ),
]
ZoneName = Annotated[
    str,
    Meta(pattern=r"^[a-z]{2,4}(-[a-z]+)+-[0-9][a-z]$", max_length=20, examples=["eu-west-1a"]),
]
# With the account in front, a group of another account in a peered VPC.
# https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-security-groups.html
SecurityGroup = Annotated[
    str,
    Meta(
        pattern=r"^([0-9]{12}/)?sg-([0-9a-f]{8}|[0-9a-f]{17})$",
        examples=["sg-0123456789abcdef0", "222222222222/sg-0123456789abcdef0"],
    ),
]
CidrBlock = Annotated[
    str, Meta(pattern=r"^([0-9]{1,3}\.){3}[0-9]{1,3}/(1[6-9]|2[0-8])$", max_length=18)
]
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
LogRetention = Literal[
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
]  # fmt: skip
