"""Rules about what runs the functions, and for how long."""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.manifest.checks.rule import Problem, Rule
from catalog_platform.model import Manifest

# The longest waits of one batch, one after the other, as functions/inventory_processor/README.md
# lists them: a secret, the database, the archive with the cache beside it, the dead letters.
WAITS_SECONDS = 6 + 26 + 10 + 16
OWN_WORK_SECONDS = 2
LEAST_TIMEOUT_SECONDS = WAITS_SECONDS + OWN_WORK_SECONDS


def libraries_run_on_the_runtime(manifest: Manifest) -> Iterator[Problem]:
    """The libraries of the functions have wheels for the runtime on its architecture.

    Lambda's Python 3.11 runs on Amazon Linux 2 with glibc 2.26, later ones on Amazon Linux 2023.
    AWS offers all of them on both architectures, but psycopg's wheels for arm64 need glibc 2.27:
    the bundle cannot be built. Functions on the embedded AWS run on this machine's Python.

    https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
    """
    processor = manifest.processor
    built = (processor.runtime, processor.architecture)
    if manifest.release.target == "aws" and built == ("python3.11", "arm64"):
        yield Problem(
            "processor.runtime",
            "python3.11 on arm64 has glibc 2.26, and the libraries' wheels for arm64 need 2.27",
            "use python3.12 or newer, or x86_64",
            ("processor.architecture",),
        )


def batch_has_time_for_its_effects(manifest: Manifest) -> Iterator[Problem]:
    """A batch whose effects are slow, but succeed, gets through within one invocation.

    Their longest waits are 6 s for a secret, 26 s for the database, 10 s for the archive with the
    cache beside it, and 16 s for the dead letters; two more are for work of its own. The processor
    begins no effect for which too little time is left. With less than 60 s a slow batch would come
    again and again, until it is given up without anything being broken.
    """
    timeout = manifest.processor.timeout_seconds
    if timeout < LEAST_TIMEOUT_SECONDS:
        yield Problem(
            "processor.timeout_seconds",
            f"{timeout} s can be too short for one batch: its effects may wait {WAITS_SECONDS} s "
            "for secret, database, archive and dead letters",
            f"use {LEAST_TIMEOUT_SECONDS} or more",
        )


RULES: tuple[Rule, ...] = (libraries_run_on_the_runtime, batch_has_time_for_its_effects)
