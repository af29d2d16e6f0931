"""Run the checks side by side, within a bounded time."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from pathlib import Path

from catalog_platform.aws.session import Session
from catalog_platform.errors import PlatformError
from catalog_platform.model import Manifest
from catalog_platform.release.preflight import assembly, deployed, identity
from catalog_platform.release.preflight.calls import CallError, Calls
from catalog_platform.release.preflight.context import Context, Once
from catalog_platform.release.preflight.model import (
    Check,
    CheckResult,
    Preflight,
    Result,
    Status,
    not_checked,
)
from catalog_platform.release.preflight.properties import PseudoParameters
from catalog_platform.release.preflight.registry import CHECKS, FIRST

# For all checks together: a call is bounded, and some checks make several.
SECONDS = 60.0
EMBEDDED = "the embedded AWS has nothing to compare"


def run(
    session: Session,
    manifest: Manifest,
    folder: Path,
    *,
    checks: Sequence[Check] = CHECKS,
    seconds: float = SECONDS,
) -> Preflight:
    """Run the checks for an environment with the assembly that is to be deployed.

    A check without permission, or without a response, is not checked; the others go on. Raises
    `PlatformError` when there are no usable credentials, AWS can't be reached, or the assembly
    can't be read.
    """
    stack = assembly.read(folder, manifest.environment.name)
    calls = Calls(session)
    pseudo = PseudoParameters(stack.account, stack.region, stack.name)
    context = Context(
        manifest=manifest,
        assembly=stack,
        calls=calls,
        caller=identity.identify(calls, session.region),
        credentials=calls.credentials,
        deployed=Once(lambda: deployed.read(calls, stack.name)),
        deployed_template=Once(lambda: deployed.read_template(calls, pseudo)),
    )
    first = tuple(FIRST.run(context))
    if any(result.status is Status.FAILED for result in first):
        skipped = not_checked("the account or the region is wrong")
        found: dict[str, tuple[Result, ...]] = {check.name: (skipped,) for check in checks}
    else:
        found = _side_by_side(context, checks, session.on_this_machine, seconds)
    found[FIRST.name] = first
    results = [CheckResult(check.name, result) for check in checks for result in found[check.name]]
    return Preflight(
        manifest.environment.name, context.caller.account, session.region, tuple(results)
    )


def _side_by_side(
    context: Context, checks: Sequence[Check], is_embedded: bool, seconds: float
) -> dict[str, tuple[Result, ...]]:
    """Return the results by check. A check that has not ended in time is not checked.

    Raises an exception of a check that is a bug.
    """
    found: dict[str, tuple[Result, ...]] = {}
    bugs: list[Exception] = []
    threads = []
    for check in checks:
        if is_embedded and not check.on_embedded:
            found[check.name] = (not_checked(EMBEDDED),)
        elif check is not FIRST:
            # Daemons, so that a response that doesn't come doesn't delay the exit.
            arguments = (context, check, found, bugs)
            threads.append(threading.Thread(target=_run, args=arguments, daemon=True))
    for thread in threads:
        thread.start()
    deadline = time.monotonic() + seconds
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    if bugs:
        raise bugs[0]
    late = not_checked(f"has not ended within {seconds:.0f} s")
    return {check.name: found.get(check.name, (late,)) for check in checks}


def _run(
    context: Context,
    check: Check,
    found: dict[str, tuple[Result, ...]],
    bugs: list[Exception],
) -> None:
    results: list[Result] = []
    try:
        # Those before an error are kept.
        for result in check.run(context):
            results.append(result)  # noqa: PERF402
    except CallError as error:
        results.append(not_checked(error.reason))
    except PlatformError as error:
        results.append(not_checked(error.message, hint=error.hint))
    except (LookupError, TypeError, ValueError) as error:
        # A service that answers in another way must not hide the results of the others.
        results.append(
            not_checked(f"AWS's response can't be read: {type(error).__name__}: {error}")
        )
    except Exception as error:
        bugs.append(error)
    found[check.name] = tuple(results) or (not_checked("the template has nothing to check"),)
