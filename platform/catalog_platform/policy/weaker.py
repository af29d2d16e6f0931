"""Report policies, severities, thresholds and waivers that are weaker than at the base."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from catalog_platform import folders
from catalog_platform.findings import Finding, Location, Severity
from catalog_platform.policy import severities, waiver_format
from catalog_platform.policy.severities import TIERS, Severities
from catalog_platform.policy.waiver_format import Waiver
from catalog_platform.policy.waivers import EnvironmentFacts, Waivers

REVIEW = "a reviewer must agree that this is intended"
CHECKS = "checks"
CODE = (".py", ".yaml", ".yml", ".json")


def weaker(
    base: Path,
    head: Path,
    *,
    ran: Collection[str],
    known: Collection[str],
    before: Collection[EnvironmentFacts],
    now: Collection[EnvironmentFacts],
    today: datetime.date,
) -> tuple[Finding, ...]:
    """Return a warning for each way in which the folder of policies is weaker than the base's.

    `ran` are the policies that ran at the base, `known` those that exist now; `before` and `now`
    are the environments on both sides, a renamed one under its new name.
    """
    old, new = Severities(base), Severities(head)
    gone = sorted({*old.policies, *ran} - set(known)) if known else []
    return (
        *(_warning("policy-removed", f"{each} does not exist any more", head) for each in gone),
        *_changed_policies(base, head),
        *_severities(old, new, head),
        *_thresholds(old, new, head),
        *_tiers(old, new, {each.name: each.tier for each in before}, now),
        *_waivers(base, head, {*before, *now}, today),
    )


def _changed_policies(base: Path, head: Path) -> Iterator[Finding]:
    """Yield each file of a policy whose content the head's policies no longer have."""
    contents = {path.read_bytes() for path in _code(head)}
    for path in _code(base):
        if path.read_bytes() in contents:
            continue
        name = path.relative_to(base)
        if (head / name).is_file():
            yield _warning("policy-changed", "differs from the base", head, str(name))
        else:
            message = f"{name} of the base is removed, or has another name and content"
            yield _warning("policy-changed", message, head)


def _code(policies: Path) -> Iterator[Path]:
    if (policies / CHECKS).is_dir():
        for path in folders.files_below(policies / CHECKS):
            if path.suffix in CODE:
                yield path


def _severities(old: Severities, new: Severities, head: Path) -> Iterator[Finding]:
    for policy, before in old.policies.items():
        now = new.policies.get(policy)
        if now is not None and now.severity.rank > before.severity.rank:
            message = f"{policy}: {now.severity.value} instead of {before.severity.value}"
            yield _warning("severity-lowered", message, head, severities.FILE, now.line)


def _thresholds(old: Severities, new: Severities, head: Path) -> Iterator[Finding]:
    for tier in TIERS:
        before, now = old.threshold(tier), new.threshold(tier)
        if now.rank < before.rank:
            message = f"{tier}: failing policies are errors from {now.value} on instead of "
            yield _warning("threshold-raised", f"{message}{before.value}", head, severities.FILE)


def _tiers(
    old: Severities,
    new: Severities,
    tiers: Mapping[str, str],
    now: Collection[EnvironmentFacts],
) -> Iterator[Finding]:
    """Yield each environment that tolerates more because it is of another tier."""
    for each in now:
        tier = tiers.get(each.name)
        if not tier or tier == each.tier:
            continue
        before, after = old.threshold(tier), new.threshold(each.tier)
        if after.rank < before.rank:
            yield Finding(
                rule="threshold-raised",
                message=f"the tier is {each.tier} instead of {tier}: failing policies are errors "
                f"from {after.value} on instead of {before.value}",
                hint=REVIEW,
                location=Location(f"environments/{each.name}.yaml"),
                environment=each.name,
                severity=Severity.WARNING,
            )


def _waivers(
    base: Path, head: Path, known: Collection[EnvironmentFacts], today: datetime.date
) -> Iterator[Finding]:
    before = {each.id: each for each in Waivers(base, "policy", today, known)}
    for waiver in Waivers(head, "policy", today, known):
        old = before.get(waiver.id)
        what = "is new" if old is None else _widened(old, waiver)
        if what:
            message = f"the waiver {waiver.id} of {waiver.owner} {what}"
            yield _warning("waiver-added", message, head, waiver_format.FILE, waiver.line)


def _widened(old: Waiver, new: Waiver) -> str:
    """Return what a waiver covers in addition, empty if nothing.

    An expired waiver of the base is not given: prolonging it makes it new.
    """
    if new.expires > old.expires:
        return f"ends on {new.expires} instead of {old.expires}"
    if old.digest and new.digest != old.digest:
        return "is for other values" if new.digest else "is for any values"
    parts = {replace(each, waiver="") for each in new.parts}
    added = parts - {replace(each, waiver="") for each in old.parts}
    if added:
        first = min((each.rule, each.resource, each.scope) for each in added)
        return f"also covers {first[0]} for {first[1]} in {first[2]}"
    return ""


def _warning(rule: str, message: str, head: Path, file: str = "", line: int = 1) -> Finding:
    shown = f"{head.name}/{file or severities.FILE}"
    return Finding(
        rule=rule,
        message=message,
        hint=REVIEW,
        location=Location(shown, line),
        severity=Severity.WARNING,
    )
