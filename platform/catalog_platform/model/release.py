"""How the environment is deployed."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from catalog_platform.model.section import Section


class Release(Section, frozen=True, kw_only=True):
    """Target and guard rails of a deployment."""

    target: Annotated[
        Literal["aws", "embedded"],
        Meta(description="AWS, or the embedded AWS on the machine that deploys."),
    ]
    termination_protection: Annotated[
        bool, Meta(description="CloudFormation refuses to delete the stack.")
    ]
    discovery_parameters: Annotated[
        bool,
        Meta(
            description="SSM parameters /catalog/<environment>/… that tell other stacks where the "
            "stream, the database and the cache are."
        ),
    ]
    deploy_timeout_minutes: Annotated[
        int, Meta(description="A deployment that takes longer is stopped.", ge=1, le=360)
    ]
