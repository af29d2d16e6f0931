"""The function that answers what is in stock."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from catalog_platform.model.section import Section


class Reader(Section, frozen=True, kw_only=True):
    """The catalog reader: cache first, database behind it."""

    enabled: Annotated[
        bool, Meta(description="Stock can be read, and the cache warmed, through a function.")
    ]
    function_url: Annotated[
        bool,
        Meta(
            description="The reader has an HTTPS address of its own, for requests signed by IAM "
            "identities that are allowed lambda:InvokeFunctionUrl."
        ),
    ]
    memory_mb: Annotated[int, Meta(description="Memory, in MiB.", ge=128, le=10240)]
    timeout_seconds: Annotated[
        int, Meta(description="Longest wait for one answer, in seconds.", ge=10, le=60)
    ]
    reserved_concurrency: Annotated[
        Annotated[int, Meta(ge=1, le=1000)] | None,
        Meta(
            description="Questions answered at once: protects the database when the cache is "
            "away. null leaves it to the account's limit.",
        ),
    ]
    stock_fresh_seconds: Annotated[
        int,
        Meta(
            description="For how long a complete copy of an article counts as fresh. Updates are "
            "seen at once all the same, unless the cache was away when they came.",
            ge=1,
            le=86400,
        ),
    ]
    unknown_fresh_seconds: Annotated[
        int,
        Meta(
            description="For how long it is remembered that an article is not known.",
            ge=1,
            le=3600,
        ),
    ]
    page_fresh_seconds: Annotated[
        int, Meta(description="Greatest age of a page of a warehouse's stock.", ge=1, le=3600)
    ]
