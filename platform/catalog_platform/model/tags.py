"""Tags on everything that can be tagged."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from catalog_platform.model.section import Section

TagValue = Annotated[str, Meta(max_length=256, pattern=r"^[\w .:/=+@-]+$")]


class Tags(Section, frozen=True, kw_only=True):
    """Set on every resource beside `environment`, which is always there."""

    owner: Annotated[TagValue, Meta(description="Team that answers for the environment.")]
    cost_center: Annotated[TagValue, Meta(description="Where the bill goes.")]
    data_classification: Annotated[
        TagValue, Meta(description="Sensitivity of the data.", examples=["internal"])
    ]
