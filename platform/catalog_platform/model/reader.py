"""The `reader` section: the Lambda function that returns stock."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

from catalog_platform.model.section import Section


class Reader(Section, frozen=True, kw_only=True):
    """The catalog reader, which reads from the cache and falls back on the database."""

    enabled: Annotated[
        bool, Meta(description="Create a function that returns stock and warms the cache.")
    ]
    function_url: Annotated[
        bool,
        Meta(
            description="Create an HTTPS URL for the reader. It accepts requests that are signed "
            "by IAM identities with the permission lambda:InvokeFunctionUrl."
        ),
    ]
    memory_mb: Annotated[int, Meta(description="Memory, in MiB.", ge=128, le=10240)]
    timeout_seconds: Annotated[
        int, Meta(description="Timeout of one request, in seconds.", ge=10, le=60)
    ]
    reserved_concurrency: Annotated[
        Annotated[int, Meta(ge=1, le=1000)] | None,
        Meta(
            description="Maximum number of concurrent invocations, which protects the database "
            "when the cache is down. null applies only the account's limit.",
        ),
    ]
    stock_fresh_seconds: Annotated[
        int,
        Meta(
            description="Seconds for which a complete cache entry of an article counts as fresh. "
            "Updates are visible immediately, unless the cache was down when they were applied.",
            ge=1,
            le=86400,
        ),
    ]
    unknown_fresh_seconds: Annotated[
        int,
        Meta(
            description="Seconds for which the cache remembers that an article is unknown.",
            ge=1,
            le=3600,
        ),
    ]
    page_fresh_seconds: Annotated[
        int,
        Meta(
            description="Maximum age of a page of a warehouse's stock, in seconds.", ge=1, le=3600
        ),
    ]
