"""Rules about the functions' runtime and timeout."""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.manifest.checks.rule import Rule, RuleViolation
from catalog_platform.model import Manifest

# The longest waits of one batch in sequence, from functions/inventory_processor/README.md: a
# secret, the database, the archive (with the cache in parallel), the dead letters.
WAITS_SECONDS = 6 + 26 + 10 + 16
PROCESSING_SECONDS = 2
MINIMUM_TIMEOUT_SECONDS = WAITS_SECONDS + PROCESSING_SECONDS


def libraries_run_on_the_runtime(manifest: Manifest) -> Iterator[RuleViolation]:
    """The functions' libraries have wheels for the runtime and architecture.

    Lambda's Python 3.11 runs on Amazon Linux 2 with glibc 2.26, later ones on Amazon Linux 2023.
    AWS offers all of them on both architectures, but psycopg's arm64 wheels need glibc 2.27, so
    the bundle cannot be built for Python 3.11 on arm64. The rule does not apply to the embedded
    AWS, which runs functions on the local Python.

    https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
    """
    processor = manifest.processor
    built = (processor.runtime, processor.architecture)
    if manifest.release.target == "aws" and built == ("python3.11", "arm64"):
        yield RuleViolation(
            "processor.runtime",
            "python3.11 on arm64 has glibc 2.26, but psycopg's arm64 wheels need glibc 2.27",
            "set it to python3.12 or newer, or set processor.architecture to x86_64",
            ("processor.architecture",),
        )


def timeout_covers_slow_batches(manifest: Manifest) -> Iterator[RuleViolation]:
    """The timeout of the processor is longer than the slowest successful batch.

    The longest waits are 6 s for a secret, 26 s for the database, 10 s for the archive (with the
    cache in parallel) and 16 s for the dead letters; the processor itself needs 2 s more. It does
    not start a write without enough time for it. With less than 60 s, a slow batch is retried and
    finally discarded although no store is down.
    """
    timeout = manifest.processor.timeout_seconds
    if timeout < MINIMUM_TIMEOUT_SECONDS:
        yield RuleViolation(
            "processor.timeout_seconds",
            f"{timeout} s is too short: one batch can wait {WAITS_SECONDS} s for secret, database, "
            "archive and dead letters",
            f"set it to {MINIMUM_TIMEOUT_SECONDS} or more",
        )


RULES: tuple[Rule, ...] = (libraries_run_on_the_runtime, timeout_covers_slow_batches)
