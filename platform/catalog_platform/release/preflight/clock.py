"""Compare this machine's clock with AWS's."""

from __future__ import annotations

from collections.abc import Iterator

from catalog_platform.release.preflight.context import Context
from catalog_platform.release.preflight.identity import CLOCK_HINT, MAXIMUM_CLOCK_SECONDS
from catalog_platform.release.preflight.model import (
    Check,
    Result,
    failed,
    not_checked,
    passed,
    warning,
)

# The header has whole seconds, and a response takes some.
TOLERATED_SECONDS = 60


def _run(context: Context) -> Iterator[Result]:
    difference = context.caller.clock_seconds
    if difference is None:
        yield not_checked("AWS's response has no time")
        return
    message = (
        f"this machine's clock is {abs(difference):.0f} s {'ahead' if difference > 0 else 'behind'}"
    )
    if abs(difference) > MAXIMUM_CLOCK_SECONDS:
        yield failed(
            f"{message}; AWS refuses signatures beyond {MAXIMUM_CLOCK_SECONDS} s", hint=CLOCK_HINT
        )
    elif abs(difference) > TOLERATED_SECONDS:
        yield warning(
            f"{message}; beyond {MAXIMUM_CLOCK_SECONDS} s, AWS refuses signatures", hint=CLOCK_HINT
        )
    else:
        yield passed(f"this machine's clock differs by {abs(difference):.0f} s")


CHECK = Check(
    name="clock",
    looks_at="The difference between this machine's clock and the time of AWS's response. AWS"
    f" refuses signatures that differ by more than {MAXIMUM_CLOCK_SECONDS} s.",
    blind_to="A clock that is set during the deployment.",
    actions=(),
    run=_run,
)
