"""The Lambda function that applies inventory updates, and how it is fed."""

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
        # Without any event it has 80 MiB, and the largest batch takes 140.
        Meta(description="Memory, in MiB.", ge=256, le=10240),
    ]
    timeout_seconds: Annotated[
        int, Meta(description="Longest run of one batch, in seconds.", ge=1, le=900)
    ]
    reserved_concurrency: Annotated[
        Annotated[int, Meta(ge=1, le=1000)] | None,
        Meta(
            description="Batches processed at once: protects the database from its own "
            "callers. null leaves it to the account's limit.",
        ),
    ]
    batch_size: Annotated[int, Meta(description="Most records in one batch.", ge=1, le=10000)]
    batch_window_seconds: Annotated[
        int, Meta(description="Longest wait for a batch to fill, in seconds.", ge=0, le=300)
    ]
    parallelization_factor: Annotated[
        int, Meta(description="Batches of one shard processed at once.", ge=1, le=10)
    ]
    starting_position: Annotated[
        Literal["TRIM_HORIZON", "LATEST"],
        Meta(description="Where a new mapping starts; LATEST loses what was put before it."),
    ]
    retry_attempts: Annotated[
        int,
        Meta(
            description="Retries of a failing batch before it is dead-lettered. Malformed records"
            " fail no batch: what does is mostly an outage, which enough retries sit out.",
            ge=0,
            le=10000,
        ),
    ]
    maximum_record_age_seconds: Annotated[
        int,
        Meta(description="Age at which a failing record is dead-lettered.", ge=60, le=604800),
    ]
    tracing: Annotated[bool, Meta(description="AWS X-Ray traces of every invocation.")]
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"], Meta(description="Least level logged.")
    ]
