"""`catalogctl waivers`: list the waivers, the one that ends first comes first."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence

from catalog_platform.errors import FindingsError, PlatformError, UsageError
from catalog_platform.findings import suggestion
from catalog_platform.pipeline import last_scan
from catalog_platform.policy import waiver_file, waiver_list
from catalog_platform.policy.waiver_expiry import days_left
from catalog_platform.policy.waiver_format import Waiver
from catalog_platform.policy.waivers import matches
from catalog_platform.report import waivers_text
from catalog_platform.workspace import Workspace


def run(
    workspace: Workspace,
    today: datetime.date | None = None,
    *,
    due: int | None,
    owner: str | None,
    by: str | None,
    format: str,  # noqa: A002 - the option's name
) -> int:
    """Print all waivers, or those of an owner, or those that end within `due` days or have ended.

    Raises `FindingsError` when the file is malformed, and `UsageError` for an unknown owner.
    """
    today = today or datetime.datetime.now(datetime.UTC).date()
    every, findings = waiver_file.read(workspace.policies, workspace.environment_names(), today)
    if findings:
        raise FindingsError(findings)
    owners = sorted({each.owner for each in every})
    if owner is not None and owner not in owners:
        message = f"--owner {owner}: has no waivers; owners: {', '.join(owners) or 'none'}"
        raise UsageError(message, hint=suggestion(owner, owners))
    shown = [
        each
        for each in every
        if owner in (None, each.owner) and (due is None or days_left(each, today) <= due)
    ]
    content = waiver_list.listed(
        shown, waiver_file.path_of(workspace.policies), today, _covered(workspace, every)
    )
    if format == "json":
        print(waiver_list.encode(content), end="")
    else:
        print(waivers_text.render(content, by_owner=by == "owner"), end="")
    return 0


def _covered(workspace: Workspace, waivers: Sequence[Waiver]) -> Mapping[str, int]:
    """Return how many results of the last scan each waiver covers; empty without a current one."""
    try:
        scan = last_scan.load(workspace)
    except PlatformError:
        return {}
    found = [*last_scan.violations(scan)]
    return {
        waiver.id: sum(matches(waiver, each) for each in found)
        for waiver in waivers
        if waiver.kind == "policy"
    }
