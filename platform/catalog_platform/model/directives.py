"""The directives of a manifest: keys that control how it is merged and compared."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Strategy = Literal["append", "replace", "unset"]


class Divergence(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An intended difference from other environments."""

    key: Annotated[
        str,
        Meta(
            description="Key or section that differs intentionally.",
            max_length=100,
            examples=["database.read_replicas"],
        ),
    ]
    reason: Annotated[
        str,
        Meta(
            description="Why the difference is intended.",
            min_length=10,
            max_length=200,
            examples=["reports run against production only"],
        ),
    ]


class Directives(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Optional keys next to the sections. They cannot contain expressions."""

    extends: Annotated[
        tuple[
            Annotated[str, Meta(min_length=1, max_length=100, examples=["shared/two-zones.yaml"])],
            ...,
        ],
        Meta(
            description="Files in environments/ that this file extends. They are merged in this "
            "order, after the defaults. Each may extend other files. See docs/merging.md.",
            max_length=8,
            examples=[["shared/two-zones.yaml"]],
        ),
    ] = ()
    merge: Annotated[
        dict[str, Strategy],
        Meta(
            description="How keys of this file are merged with the extended files: append adds to "
            "a list, replace keeps only this file's values and the defaults of a section, unset "
            "returns to the default. See docs/merging.md.",
            max_length=50,
            examples=[{"network.interface_endpoints": "append"}],
        ),
    ] = msgspec.field(default_factory=dict)
    divergences: Annotated[
        tuple[Divergence, ...],
        Meta(
            description="Intended differences from other environments; `catalogctl compare "
            "--strict` accepts only these.",
            max_length=50,
        ),
    ] = ()
