"""`catalogctl acknowledge`: accept changes of a plan that would otherwise block it."""

from __future__ import annotations

import datetime
import sys

from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.planning import make_plan
from catalog_platform.pipeline.planning.acknowledgements import (
    KIND,
    can_be_acknowledged,
    change_digest,
    with_acknowledgements,
)
from catalog_platform.pipeline.scan import environment_facts
from catalog_platform.plan.model import Change
from catalog_platform.policy import waiver_entries
from catalog_platform.policy.waiver_format import Waiver
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace


def run(
    workspace: Workspace,
    *,
    name: str,
    base: str | None,
    reason: str,
    owner: str,
    days: int,
    write: bool,
) -> int:
    """Print an entry per blocking change; with `write`, append them to `policies/waivers.yaml`.

    Changes that AWS rejects are listed and cannot be acknowledged: then the result is 1. Raises
    `PlatformError` when the file would be malformed.
    """
    progress = Progress()
    manifests = Manifests(workspace)
    plan, _ = with_acknowledgements(
        workspace, manifests, make_plan(workspace, [name], base, progress)
    )
    changes = [
        change
        for environment in plan.environments
        for change in (*environment.stack_changes, *environment.changes)
    ]
    waivers = [
        _waiver(name, change, reason, owner, days)
        for change in changes
        if can_be_acknowledged(change)
    ]
    rejected = [change for change in changes if change.verdict == "rejected"]
    for change in rejected:
        progress.note(f"can't be acknowledged: {change.resource}: {change.explanation}")
    sys.stdout.write("\n".join(map(waiver_entries.entry, waivers)))
    if write and waivers:
        known = [environment_facts(manifests, each) for each in workspace.environment_names()]
        waiver_entries.append(workspace.policies, waivers, known)
    elif not waivers:
        progress.note(f"no change of {name} needs an acknowledgement")
    return 1 if rejected else 0


def _waiver(name: str, change: Change, reason: str, owner: str, days: int) -> Waiver:
    today = datetime.datetime.now(datetime.UTC).date()
    digest = change_digest(change)
    return Waiver(
        id=waiver_entries.name(name, change.resource, change.verdict, digest[7:15]),
        kind=KIND,
        selector="environments",
        selected=(name,),
        rules=(change.verdict,),
        resources=(change.resource,),
        reason=reason,
        owner=owner,
        created=today,
        expires=today + datetime.timedelta(days=days),
        digest=digest,
    )
