"""What a manifest says about itself, instead of about the environment that it describes."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Strategy = Literal["append", "replace", "unset"]


class Divergence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A difference to other environments that is meant."""

    key: Annotated[
        str,
        Meta(
            description="Key or section that differs on purpose.",
            max_length=100,
            examples=["database.read_replicas"],
        ),
    ]
    reason: Annotated[
        str,
        Meta(
            description="Why, for the person who compares.",
            min_length=10,
            max_length=200,
            examples=["reports run against production only"],
        ),
    ]


class Directives(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Keys beside the sections; all of them may be left out, none may hold an expression."""

    extends: Annotated[
        tuple[
            Annotated[str, Meta(min_length=1, max_length=100, examples=["shared/two-zones.yaml"])],
            ...,
        ],
        Meta(
            description="Files in environments/ that this one builds on, after the defaults and in "
            "this order; each may extend others. See docs/merging.md.",
            max_length=8,
            examples=[["shared/two-zones.yaml"]],
        ),
    ] = ()
    merge: Annotated[
        dict[str, Strategy],
        Meta(
            description="How single keys of this file meet those of the files below: append adds "
            "to a list, replace leaves of a section what this file says and the defaults, unset "
            "returns to the default. See docs/merging.md.",
            max_length=50,
            examples=[{"network.interface_endpoints": "append"}],
        ),
    ] = msgspec.field(default_factory=dict)
    divergences: Annotated[
        tuple[Divergence, ...],
        Meta(
            description="Differences to other environments that are meant; "
            "`catalogctl compare --strict` accepts these and no others.",
            max_length=50,
        ),
    ] = ()
