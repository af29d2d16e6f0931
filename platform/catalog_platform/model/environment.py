"""The `environment` section: name, tier, AWS account and region."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from catalog_platform.model.section import Section


class Environment(Section, frozen=True, kw_only=True):
    """The identity of the environment."""

    name: Annotated[
        str,
        Meta(
            description="Name of the environment: the file's name without `.yaml`.",
            pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$",
            max_length=20,
            examples=["prod"],
        ),
    ]
    tier: Annotated[
        Literal["development", "staging", "production"],
        Meta(description="Kind of environment; defaults, rules and waivers depend on it."),
    ]
    account: Annotated[
        str,
        Meta(
            description="AWS account: twelve digits in quotes, which preserve a leading zero.",
            pattern=r"^[0-9]{12}$",
            examples=["111111111111"],
        ),
    ]
    region: Annotated[
        str,
        Meta(
            description="AWS region of all resources of the environment.",
            pattern=r"^[a-z]{2,4}(-[a-z]+)+-[0-9]$",
            max_length=20,
            examples=["eu-west-1"],
        ),
    ]
