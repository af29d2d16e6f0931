"""The rule about the concurrency that functions reserve."""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.findings import Severity
from catalog_platform.manifest.checks.rule import Rule, RuleViolation
from catalog_platform.model import Manifest

# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
DEFAULT_QUOTA = 1000
UNRESERVED = 100
# The replayer, the migrator and the rotation reserve one invocation each if the processor does.
SINGLE_FUNCTIONS = 3


def concurrency_leaves_some_for_others(manifest: Manifest) -> Iterator[RuleViolation]:
    """Reserved concurrency leaves 100 invocations to other functions, which Lambda requires.

    It is a warning, because an account can have a higher quota than 1000.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
    """
    processor, reader = manifest.processor, manifest.reader
    own = processor.reserved_concurrency
    reserved = 0 if own is None else own + SINGLE_FUNCTIONS
    reserved += reader.reserved_concurrency or 0 if reader.enabled else 0
    available = DEFAULT_QUOTA - UNRESERVED
    if reserved > available:
        yield RuleViolation(
            "processor.reserved_concurrency",
            f"the functions reserve {reserved} concurrent invocations, but Lambda allows "
            f"{available} in an account without a higher quota",
            "reserve less here or in reader.reserved_concurrency, or request a higher quota",
            ("reader.reserved_concurrency",),
            Severity.WARNING,
        )


RULES: tuple[Rule, ...] = (concurrency_leaves_some_for_others,)
