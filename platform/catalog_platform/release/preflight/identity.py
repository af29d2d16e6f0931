"""Find out who calls AWS, and compare account and region with the manifest.

https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
"""

from __future__ import annotations

import email.utils
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from catalog_platform.errors import PlatformError
from catalog_platform.release.preflight.calls import CallError, Calls, Cause
from catalog_platform.release.preflight.context import Caller, Context
from catalog_platform.release.preflight.model import Check, Result, failed, passed

# AWS refuses signatures that are older or newer.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html
MAXIMUM_CLOCK_SECONDS = 300
CLOCK_HINT = "synchronise the clock of this machine, for example: timedatectl set-ntp true"


def identify(calls: Calls, region: str) -> Caller:
    """Return the caller. No permission is needed for it.

    Raises `PlatformError` when there are no usable credentials, when this machine's clock is so
    wrong that AWS refuses its signatures, or when AWS can't be reached.
    """
    try:
        response = calls.call("sts", "GetCallerIdentity")
    except CallError as error:
        raise _without_caller(error, region, time.time()) from error
    now = time.time()
    headers = response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
    return Caller(
        str(response["Account"]),
        str(response["Arn"]),
        clock_difference(str(headers.get("date", "")), now),
    )


def clock_difference(date: str, now: float) -> float | None:
    """Return by how many seconds `now` is ahead of an HTTP date; None when it is no date."""
    try:
        there = email.utils.parsedate_to_datetime(date)
    except ValueError:
        return None
    if there.tzinfo is None:
        there = there.replace(tzinfo=UTC)
    return now - there.timestamp()


def _without_caller(error: CallError, region: str, now: float) -> PlatformError:
    difference = clock_difference(error.date, now)
    if difference is not None and abs(difference) > MAXIMUM_CLOCK_SECONDS:
        there = datetime.fromtimestamp(now - difference, UTC)
        return PlatformError(
            f"AWS refuses the signature: it is {there:%Y-%m-%d %H:%M:%S} UTC there, and this"
            f" machine's clock differs by {abs(difference):.0f} s",
            hint=CLOCK_HINT,
        )
    if error.cause is Cause.CREDENTIALS:
        return PlatformError(
            f"there are no valid AWS credentials: {error.message}",
            hint="log in again, for example: aws sso login; in a region that must be enabled, AWS"
            f" says the same: aws account get-region-opt-status --region-name {region}",
        )
    return PlatformError(
        f"AWS can't be asked who you are: {error.reason}",
        hint=f"check the network, the proxy, and that region {region} exists",
    )


def _run(context: Context) -> Iterator[Result]:
    environment, assembly, caller = context.manifest.environment, context.assembly, context.caller
    if caller.account != environment.account:
        yield failed(
            f"the credentials are of account {caller.account} ({caller.arn}), and the manifest says"
            f" {environment.account}",
            hint=f"use credentials of account {environment.account}, for example with AWS_PROFILE",
            key="environment.account",
        )
    if assembly.account != environment.account:
        yield _stale("account", assembly.account, environment.account, environment.name)
    if assembly.region != environment.region:
        yield _stale("region", assembly.region, environment.region, environment.name)
    if (caller.account, assembly.account, assembly.region) == (
        environment.account,
        environment.account,
        environment.region,
    ):
        yield passed(f"account {caller.account}, region {environment.region}, as {caller.arn}")


def _stale(what: str, assembly: str, manifest: str, environment: str) -> Result:
    return failed(
        f"the assembly is made for {what} {assembly}, and the manifest says {manifest}",
        hint=f"synthesise and scan it again: catalogctl scan {environment}",
        key=f"environment.{what}",
    )


CHECK = Check(
    name="account",
    looks_at="Whether the credentials' account, and account and region of the assembly, are those"
    " of the manifest. If they aren't, no other check runs.",
    blind_to="Whether the caller may assume the roles of the CDK's bootstrap.",
    actions=("sts:GetCallerIdentity",),
    run=_run,
    on_embedded=True,
)
