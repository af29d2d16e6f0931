"""Changes that somebody has accepted in `policies/waivers.yaml`.

The entry has `kind: drift` if a change blocks only because of drift, otherwise `kind: change`.

An acknowledgement is bound to environment, resource, verdict, and by its digest to the action and
to the old and new values: another change of the same resource needs another one. What a resource
changes with, because it refers to it, is part of the digest.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping

import msgspec
from msgspec import UNSET

from catalog_platform.errors import FindingsError
from catalog_platform.manifest import Manifests
from catalog_platform.pipeline.scan import known_facts
from catalog_platform.plan.model import Acknowledgement, Change, EnvironmentPlan, Plan, Property
from catalog_platform.plan.verdict import Verdict
from catalog_platform.policy.waivers import EnvironmentFacts, Violation, Waivers
from catalog_platform.workspace import Workspace

KINDS = ("change", "drift")
# The changes of an environment by their logical ids.
Changes = Mapping[str, Change]
Accept = Callable[[str, Change, Changes], Change]


def with_acknowledgements(
    manifests: Manifests, plan: Plan, judge: Workspace | None = None
) -> tuple[Plan, tuple[str, ...]]:
    """Return the plan with its acknowledged changes, and notes about acknowledgements.

    One that has expired covers nothing, and a note names its owner. One that covers no change of
    the plan is a note, if the plan has all of its environments, and for drift if it has asked
    their accounts. The acknowledgements are those of `judge`, by default of the working tree.
    Raises `FindingsError` when the file of waivers is malformed.
    """
    workspace = manifests.workspace
    today = datetime.datetime.now(datetime.UTC).date()
    known = known_facts(workspace, manifests, judge)
    policies = (judge or workspace).policies
    by_kind = {kind: Waivers(policies, kind, today, known) for kind in KINDS}
    # Each reads the whole file, so each has all of its errors.
    malformed = [each for each in by_kind["change"].findings if each.rule == "waiver-malformed"]
    if malformed:
        raise FindingsError(malformed)
    facts = {each.name: each for each in known}
    used: set[str] = set()

    def accept(name: str, change: Change, changes: Changes) -> Change:
        violation = _violation(facts.get(name, EnvironmentFacts(name)), change, changes)
        waivers = by_kind[violation.kind]
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
    return msgspec.structs.replace(plan, environments=environments), _notes(plan, by_kind, used)


def _notes(plan: Plan, by_kind: Mapping[str, Waivers], used: Collection[str]) -> tuple[str, ...]:
    """Return a note for each acknowledgement that has expired or is not in `used`."""
    planned = {
        "change": {each.environment for each in plan.environments},
        # Without the account, drift isn't known.
        "drift": {each.environment for each in plan.environments if each.account is not UNSET},
    }
    expired = [
        f"the acknowledgement {each.id} expired on {each.expires}: ask {each.owner} to review it"
        for waivers in by_kind.values()
        for each in waivers.expired
    ]
    unused = [
        f"the acknowledgement {each.id} covers no change here: remove it"
        for kind, waivers in by_kind.items()
        for each in waivers
        if each.id not in used and planned[kind].issuperset(each.selected)
    ]
    return (*expired, *unused)


def can_be_acknowledged(change: Change) -> bool:
    """Return whether a change is blocked, and not because AWS rejects it."""
    return change.blocking and change.verdict != Verdict.REJECTED.value


def kind_of(change: Change) -> str:
    """Return the kind of the acknowledgement of a change."""
    return "drift" if change.drift is True else "change"


def changes_by_id(plan: EnvironmentPlan) -> Changes:
    """Return the changes of an environment's resources by their logical ids."""
    return {each.logical_id: each for each in plan.changes}


def change_digest(change: Change, changes: Changes) -> str:
    """Return `sha256:…` of the action and of the values that make the change harmful.

    A replacement creates a resource with all of its values, and what an account says is about the
    whole resource: then all values count. So do those of the changes that it refers to, directly
    or through others: a resource can be replaced without a changed value of its own.
    """
    account = () if change.account is UNSET else (change.account,)
    is_whole = bool(account) or change.action == "replace"
    values = [each for each in change.properties if is_whole or Verdict(each.verdict).blocks]
    via = sorted(_facts(name, changes) for name in _referred(change, changes))
    found = msgspec.json.encode(
        (change.action, _values(values), *account, *([{"via": via}] if via else []))
    )
    return f"sha256:{hashlib.sha256(found).hexdigest()}"


def _referred(change: Change, changes: Changes) -> set[str]:
    """Return the logical ids that a change refers to, directly or through others."""
    found: set[str] = set()
    rest = [*change.via]
    while rest:
        name = rest.pop()
        if name not in found:
            found.add(name)
            rest += changes[name].via if name in changes else ()
    return found


def _facts(name: str, changes: Changes) -> tuple[object, ...]:
    change = changes.get(name)
    if change is None:
        return (name,)
    return change.resource, change.action, _values(change.properties)


def _values(properties: Iterable[Property]) -> list[tuple[object, ...]]:
    return [
        (
            each.path,
            *(("unset",) if v is UNSET else ("set", v) for v in (each.old, each.new)),
        )
        for each in properties
    ]


def _violation(facts: EnvironmentFacts, change: Change, changes: Changes) -> Violation:
    return Violation(
        kind=kind_of(change),
        rule=change.verdict,
        environment=facts,
        resource=change.resource,
        digest=change_digest(change, changes),
    )


def _mapped(plan: EnvironmentPlan, accept: Accept) -> EnvironmentPlan:
    name, known = plan.environment, changes_by_id(plan)
    return msgspec.structs.replace(
        plan,
        stack_changes=[accept(name, each, known) for each in plan.stack_changes],
        changes=[accept(name, each, known) for each in plan.changes],
    )
