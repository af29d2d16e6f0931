"""The `release` section: deployment settings."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from catalog_platform.model.section import Section


class Release(Section, frozen=True, kw_only=True):
    """The target and the protections of a deployment."""

    target: Annotated[
        Literal["aws", "embedded"],
        Meta(description="AWS, or the embedded AWS on the deploying machine."),
    ]
    termination_protection: Annotated[
        bool, Meta(description="Prevent CloudFormation from deleting the stack.")
    ]
    discovery_parameters: Annotated[
        bool,
        Meta(
            description="Create SSM parameters /catalog/<environment>/… with the stack's outputs, "
            "so that other stacks find the stream, the database and the cache."
        ),
    ]
    permissions_boundary: Annotated[
        Annotated[str, Meta(pattern=r"^[A-Za-z0-9+=,.@_-]{1,128}$")] | None,
        Meta(
            description="Name of an IAM policy in the environment's account that becomes the "
            "permissions boundary of every role; null: none. See docs/security.md.",
            examples=["catalog-boundary"],
        ),
    ]
    monthly_limit_usd: Annotated[
        Annotated[int, Meta(ge=1, le=10_000_000)] | None,
        Meta(
            description="Upper limit of the monthly fixed cost at list prices, in USD; null: none. "
            "`catalogctl scan` fails above it."
        ),
    ]
    deploy_timeout_minutes: Annotated[
        int, Meta(description="Timeout of a deployment, in minutes.", ge=1, le=360)
    ]
