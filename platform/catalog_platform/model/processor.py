"""The `processor` section: the Lambda function that applies inventory updates."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from catalog_platform.model.section import Section


class Processor(Section, frozen=True, kw_only=True):
    """The inventory processor and its event source mapping."""

    runtime: Annotated[
        Literal["python3.11", "python3.12", "python3.13"],
        Meta(description="Lambda runtime of the functions."),
    ]
    architecture: Annotated[
        Literal["arm64", "x86_64"], Meta(description="Processor architecture of the functions.")
    ]
    memory_mb: Annotated[
        int,
        # The idle function uses 80 MiB, and the largest batch needs 140 MiB.
        Meta(description="Memory, in MiB.", ge=256, le=10240),
    ]
    timeout_seconds: Annotated[
        int, Meta(description="Timeout of one batch, in seconds.", ge=1, le=900)
    ]
    reserved_concurrency: Annotated[
        Annotated[int, Meta(ge=1, le=1000)] | None,
        Meta(
            description="Maximum number of concurrent invocations, which protects the database "
            "from overload. null applies only the account's limit.",
        ),
    ]
    batch_size: Annotated[
        int, Meta(description="Maximum number of records in one batch.", ge=1, le=10000)
    ]
    batch_window_seconds: Annotated[
        int, Meta(description="Maximum wait for a batch to fill, in seconds.", ge=0, le=300)
    ]
    parallelization_factor: Annotated[
        int, Meta(description="Concurrent batches per shard.", ge=1, le=10)
    ]
    starting_position: Annotated[
        Literal["TRIM_HORIZON", "LATEST"],
        Meta(
            description="Where a new event source mapping starts reading; LATEST skips all earlier "
            "records. Fixed when the mapping is created."
        ),
    ]
    retry_attempts: Annotated[
        int,
        Meta(
            description="Retries of a failed batch before it becomes a dead letter. Malformed "
            "records don't fail a batch. Batches fail during outages of a store. AWS documents no "
            "pause between retries, so a batch can become a dead letter before the outage ends.",
            ge=0,
            le=10000,
        ),
    ]
    maximum_record_age_seconds: Annotated[
        int,
        Meta(description="Age at which a failing record becomes a dead letter.", ge=60, le=604800),
    ]
    tracing: Annotated[bool, Meta(description="Trace invocations with AWS X-Ray.")]
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"], Meta(description="Minimum log level.")
    ]
