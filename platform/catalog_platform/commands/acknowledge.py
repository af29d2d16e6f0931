"""`catalogctl acknowledge`: acknowledge changes of a plan that would otherwise block it."""

from __future__ import annotations

import datetime
import itertools
import sys
from collections.abc import Sequence

from catalog_platform.errors import PlatformError, UsageError
from catalog_platform.findings import suggestion
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.planning import make_plan
from catalog_platform.pipeline.planning.account import account_of
from catalog_platform.pipeline.planning.acknowledgements import (
    can_be_acknowledged,
    change_digest,
    changes_by_id,
    kind_of,
    with_acknowledgements,
)
from catalog_platform.pipeline.scan import environment_facts
from catalog_platform.plan.model import Change, EnvironmentPlan
from catalog_platform.policy import waiver_entries
from catalog_platform.policy.waiver_format import FILE, Waiver
from catalog_platform.report import file
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace


def run(
    workspace: Workspace,
    *,
    name: str,
    base: str | None,
    resources: Sequence[str] = (),
    reason: str,
    owner: str,
    days: int,
    write: bool,
    against: str | None = None,
) -> int:
    """Print an entry per blocking change; with `write`, append them to `policies/waivers.yaml`.

    `resources` are construct paths of changes; empty means all. Existing entries stay as they are.
    With `against`, the account of the environment is asked too. Changes that AWS rejects are listed
    and cannot be acknowledged: then the result is 1. Raises `UsageError` for a resource that the
    plan doesn't block, `PlatformError` when the file would be malformed or the environment can't be
    compared.
    """
    progress = Progress()
    manifests = Manifests(workspace)
    account = account_of(workspace, [name], progress) if against else None
    made = make_plan(manifests, [name], base, progress, account)
    plan, _ = with_acknowledgements(manifests, made)
    (environment,) = plan.environments
    if environment.status == "unknown":
        raise PlatformError(
            f"{name} can't be compared, so nothing can be acknowledged",
            hint=f"catalogctl plan {environment.environment} lists its findings",
        )
    changes = _selected(environment, resources)
    taken = waiver_entries.ids(workspace.policies)
    waivers = [
        _waiver(environment, change, reason, owner, days, taken)
        for change in changes
        if can_be_acknowledged(change)
    ]
    rejected = [change for change in changes if change.verdict == "rejected"]
    for change in rejected:
        progress.note(f"can't be acknowledged: {change.resource}: {change.explanation}")
    sys.stdout.write("\n".join(map(waiver_entries.entry, waivers)))
    if write and waivers:
        known = [environment_facts(manifests, each) for each in workspace.environment_names()]
        text = waiver_entries.with_entries(workspace.policies, waivers, known)
        file.write(workspace.policies / FILE, text)
    elif not waivers and not rejected:
        progress.note(f"no change of {name} needs an acknowledgement")
    return 1 if rejected else 0


def _selected(environment: EnvironmentPlan, resources: Sequence[str]) -> list[Change]:
    """Return the blocking changes of some resources, or all.

    Raises `UsageError` for a resource without one.
    """
    changes = [
        change for change in (*environment.stack_changes, *environment.changes) if change.blocking
    ]
    known = sorted({change.resource for change in changes})
    for resource in resources:
        if resource not in known:
            raise UsageError(
                f"--resource {resource}: the plan blocks no change of it; it blocks: "
                f"{', '.join(known) or 'none'}",
                hint=suggestion(resource, known),
            )
    return [change for change in changes if change.resource in resources or not resources]


def _waiver(
    environment: EnvironmentPlan,
    change: Change,
    reason: str,
    owner: str,
    days: int,
    taken: set[str],
) -> Waiver:
    """Return the entry of a change, with an id that is not taken; add it to those."""
    today = datetime.datetime.now(datetime.UTC).date()
    name, digest = environment.environment, change_digest(change, changes_by_id(environment))
    words = (name, change.resource, change.verdict, digest[7:15])
    # An expired entry for the same change has the first of these.
    every = itertools.chain([words], ((*words, str(n)) for n in itertools.count(2)))
    identifier = next(each for each in map(_id, every) if each not in taken)
    taken.add(identifier)
    return Waiver(
        id=identifier,
        kind=kind_of(change),
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


def _id(words: tuple[str, ...]) -> str:
    return waiver_entries.name(*words)
