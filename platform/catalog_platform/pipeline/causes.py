"""Name the edits that caused the new results of a scan, as a plan attributes them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from msgspec import UNSET

from catalog_platform.findings import Location
from catalog_platform.manifest import Manifests, Resolved
from catalog_platform.pipeline.planning import make_plan
from catalog_platform.plan.model import Because, Change
from catalog_platform.policy.anchors.deciding_keys import deciding_keys
from catalog_platform.policy.results import Cause, PolicyResult, ScanResult
from catalog_platform.terminal.progress import Progress
from catalog_platform.workspace import Workspace

Changes = Mapping[str, Collection[Change]]


def with_causes(result: ScanResult, manifests: Manifests, changes: Changes) -> ScanResult:
    """Return the scan with the edits that caused its new results, located at the first of them.

    `changes` are those of a plan with reasons against the same base, by environment. Of a change's
    causes, those that decide the violating properties count, all of them if that is unknown.
    """
    by_id = {
        (environment, change.logical_id): change
        for environment, found in changes.items()
        for change in found
    }
    return replace(
        result,
        results=tuple(
            _caused(
                each, manifests.resolve(each.environment), by_id[each.environment, each.logical_id]
            )
            if each.status == "new" and (each.environment, each.logical_id) in by_id
            else each
            for each in result.results
        ),
    )


def with_planned_causes(
    workspace: Workspace,
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
    plan = make_plan(workspace, names, reference, progress)
    changes = {each.environment: each.changes for each in plan.environments}
    return with_causes(result, manifests, changes)


def _caused(result: PolicyResult, resolved: Resolved, change: Change) -> PolicyResult:
    deciding = {*deciding_keys().of(result.resource, result.paths), *result.fixing_keys}
    known = [each for each in change.because if each.kind == "code" or each.key in deciding]
    causes = tuple(_cause(each, resolved, result.source) for each in known or change.because)
    if not causes:
        return result
    first = min(causes, key=lambda each: (each.kind == "code", each.key != result.key))
    return replace(result, causes=causes, location=first.location, key=first.key or result.key)


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
