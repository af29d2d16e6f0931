"""Find skips in a template: in metadata that suppresses no verdict, and in any text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from catalog_platform.policy.assembly import StackTemplate
from catalog_platform.policy.verdicts import PolicyOutcome, ScanProblem, Verdict

SCANNERS = ("checkov", "bridgecrew")
# https://github.com/bridgecrewio/checkov/blob/main/checkov/common/comment/enum.py
SKIP = re.compile(r"(?:checkov|bridgecrew|cortex):skip\s*=", re.IGNORECASE)


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


def skip_comments(stack: StackTemplate) -> Iterator[ScanProblem]:
    """Yield a problem for each text of the template that tells checkov to skip a policy.

    checkov searches the lines of a resource, so the text can stand in any value, or in a section
    without resources if the template is one line.
    """
    places = [("", stack.sections)]
    places += [
        (each.logical_id, {"": each.attributes, "Properties": each.properties})
        for each in stack.resources.values()
    ]
    for logical_id, node in places:
        if any(SKIP.search(text) for text in _texts(node)):
            yield ScanProblem(
                rule="scan-skip",
                message="a text of the template tells checkov to skip a policy",
                hint="remove `checkov:skip=` from it; if the skip is needed, add a waiver",
                logical_id=logical_id,
                file=None if logical_id else stack.template,
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


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, Mapping):
        for key, value in node.items():
            yield str(key)
            yield from _texts(value)
    elif isinstance(node, list):
        for each in node:
            yield from _texts(each)
