"""Changes that somebody has accepted in `policies/waivers.yaml`, with `kind: change`.

An acknowledgement is bound to environment, resource, verdict, and by its digest to the action and
to the old and new values: another change of the same resource needs another one.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable

import msgspec

from catalog_platform.errors import FindingsError
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.scan import environment_facts
from catalog_platform.plan.model import Acknowledgement, Change, EnvironmentPlan, Plan
from catalog_platform.plan.verdict import Verdict
from catalog_platform.policy.waivers import EnvironmentFacts, Violation, Waivers
from catalog_platform.workspace import Workspace

KIND = "change"
Accept = Callable[[str, Change], Change]


def with_acknowledgements(
    workspace: Workspace, manifests: Manifests, plan: Plan
) -> tuple[Plan, tuple[str, ...]]:
    """Return the plan with its acknowledged changes, and notes about acknowledgements.

    One that has expired covers nothing, and a note names its owner. One that covers no change of
    the plan is a note, if the plan has all of its environments. Raises `FindingsError` when the
    file of waivers is malformed.
    """
    today = datetime.datetime.now(datetime.UTC).date()
    known = [environment_facts(manifests, name) for name in workspace.environment_names()]
    waivers = Waivers(workspace.policies, KIND, today, known)
    malformed = [each for each in waivers.findings if each.rule == "waiver-malformed"]
    if malformed:
        raise FindingsError(malformed)
    facts = {each.name: each for each in known}
    used: set[str] = set()

    def accept(name: str, change: Change) -> Change:
        violation = _violation(facts.get(name, EnvironmentFacts(name)), change)
        waiver = waivers.waiver_for(violation) if can_be_acknowledged(change) else None
        if waiver is None:
            return change
        used.add(waiver.id)
        entry = Acknowledgement(
            id=waiver.id,
            owner=waiver.owner,
            reason=waiver.reason,
            expires=waiver.expires.isoformat(),
        )
        return msgspec.structs.replace(change, blocking=False, acknowledgement=entry)

    environments = [_mapped(each, accept) for each in plan.environments]
    notes = [
        f"the acknowledgement {each.id} expired on {each.expires}: ask {each.owner} to review it"
        for each in waivers.expired
    ]
    planned = {each.environment for each in plan.environments}
    notes += [
        f"the acknowledgement {each.id} covers no change here: remove it"
        for each in waivers
        if each.id not in used and planned.issuperset(each.selected)
    ]
    return msgspec.structs.replace(plan, environments=environments), tuple(notes)


def can_be_acknowledged(change: Change) -> bool:
    """Return whether a change is blocked, and not because AWS rejects it."""
    return change.blocking and change.verdict != Verdict.REJECTED.value


def change_digest(change: Change) -> str:
    """Return `sha256:…` of the action and of the values that make the change harmful.

    What an account says about it is part of the digest.
    """
    values = [
        (each.path, each.old, each.new)
        for each in change.properties
        if each.requires == "replacement" or Verdict(each.verdict).blocks
    ]
    account = () if change.account is msgspec.UNSET else (change.account,)
    found = msgspec.json.encode(
        (change.action, [_absent_as_text(each) for each in values], *account)
    )
    return f"sha256:{hashlib.sha256(found).hexdigest()}"


def _absent_as_text(values: tuple[object, ...]) -> tuple[object, ...]:
    return tuple(
        ("unset",) if each is msgspec.UNSET else ("set", each) if at else each
        for at, each in enumerate(values)
    )


def _violation(facts: EnvironmentFacts, change: Change) -> Violation:
    return Violation(
        kind=KIND,
        rule=change.verdict,
        environment=facts,
        resource=change.resource,
        digest=change_digest(change),
    )


def _mapped(plan: EnvironmentPlan, accept: Accept) -> EnvironmentPlan:
    return msgspec.structs.replace(
        plan,
        stack_changes=[accept(plan.environment, each) for each in plan.stack_changes],
        changes=[accept(plan.environment, each) for each in plan.changes],
    )
