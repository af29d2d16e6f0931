"""Find skips in a template's metadata that suppress no verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from catalog_platform.policy.assembly import StackTemplate
from catalog_platform.policy.verdicts import PolicyOutcome, ScanProblem, Verdict

SCANNERS = ("checkov", "bridgecrew")


def unused_skips(stack: StackTemplate, verdicts: Sequence[Verdict]) -> Iterator[ScanProblem]:
    """Yield a problem for each skip that checkov did not report as a skipped verdict.

    Reported skips are subject to waivers. The others would suppress a policy that is added later.
    """
    reported = {
        (verdict.policy, verdict.logical_id)
        for verdict in verdicts
        if verdict.outcome is PolicyOutcome.SKIPPED
    }
    for resource in stack.resources.values():
        for scanner in SCANNERS:
            for policy in _skipped(resource.metadata.get(scanner)):
                if (policy, resource.logical_id) not in reported:
                    yield ScanProblem(
                        rule="scan-skip",
                        message=f"the template skips {policy or 'a policy'}, which does not apply",
                        hint="remove the skip from the resource's metadata",
                        logical_id=resource.logical_id,
                    )


def _skipped(metadata: Any) -> Iterator[str]:
    if metadata is None:
        return
    entries = metadata.get("skip") if isinstance(metadata, dict) else None
    if not isinstance(entries, list):
        yield ""
        return
    for entry in entries:
        yield str(entry.get("id", "")) if isinstance(entry, dict) else ""
