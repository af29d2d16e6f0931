"""Name the edits that caused the new results of a scan, as a plan attributes them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from msgspec import UNSET

from catalog_platform.findings import Location
from catalog_platform.manifest import Manifests, Resolved
from catalog_platform.pipeline.anchors import measured_keys
from catalog_platform.pipeline.planning import make_plan
from catalog_platform.plan.model import Because, Change
from catalog_platform.policy.results import Cause, PolicyResult, ScanResult
from catalog_platform.terminal.progress import Progress

Changes = Mapping[str, Collection[Change]]


def with_causes(result: ScanResult, manifests: Manifests, changes: Changes) -> ScanResult:
    """Return the scan with the edits that caused its new results, located at the first of them.

    `changes` are those of a plan with reasons against the same base, by environment. Of the causes
    of the resource's change, those count that decide the violating properties. If none does, edits
    that decide them on other resources, such as a parameter group, count; otherwise all causes.
    """
    return replace(
        result,
        results=tuple(
            _caused(each, manifests.resolve(each.environment), changes[each.environment])
            if each.status == "new" and each.environment in changes
            else each
            for each in result.results
        ),
    )


def with_planned_causes(
    manifests: Manifests,
    result: ScanResult,
    reference: str,
    progress: Progress,
) -> ScanResult:
    """Return the scan with the edits that caused its new results; plan against the same base.

    Nothing is planned without new results. Raises what `make_plan` does.
    """
    names = [
        name
        for name in dict.fromkeys(each.environment for each in result.results)
        if any(each.status == "new" and each.environment == name for each in result.results)
    ]
    if not names:
        return result
    plan = make_plan(manifests, names, reference, progress)
    changes = {each.environment: each.changes for each in plan.environments}
    return with_causes(result, manifests, changes)


def _caused(result: PolicyResult, resolved: Resolved, changes: Collection[Change]) -> PolicyResult:
    causes = [_cause(each, resolved, result.source) for each in _reasons(result, changes)]
    if not causes:
        return result
    first = min(causes, key=lambda each: (each.kind == "code", each.key != result.key))
    return replace(
        result,
        causes=tuple(dict.fromkeys(causes)),
        location=first.location,
        key=first.key or result.key,
    )


def _reasons(result: PolicyResult, changes: Collection[Change]) -> list[Because]:
    deciding = {*measured_keys(result), *result.fixing_keys}
    own = [
        each
        for change in changes
        if change.logical_id == result.logical_id
        for each in change.because
    ]
    known = [each for each in own if each.kind == "code" or each.key in deciding]
    elsewhere = [each for change in changes for each in change.because if each.key in deciding]
    return known or elsewhere or own


def _cause(because: Because, resolved: Resolved, source: Location | None) -> Cause:
    """Return a cause with its line in the working tree.

    A removed line isn't there: the one that decides the key now is.
    """
    location = Location(because.file, because.line)
    if because.key is not UNSET:
        if because.side == "base":
            location = resolved.locate(because.key)
        return Cause(kind="key", location=location, key=because.key)
    files = [] if because.files is UNSET else because.files
    if source is not None and source.file in files:
        location = source
    return Cause(kind="code", location=location)
