"""What was changed outside of CloudFormation."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from msgspec import UNSET

from catalog_platform.aws.preview.drift import Difference, Drift, ResourceDrift
from catalog_platform.plan.account.facts import Expected
from catalog_platform.plan.model import Note
from catalog_platform.plan.verdict import Verdict

CHANGED_HERE = "it was changed outside of CloudFormation, and this update may undo that or fail"
UNCHANGED_HERE = "it was changed outside of CloudFormation; nothing here changes it"
GONE = "it was deleted outside of CloudFormation"
UNKNOWN = "CloudFormation could not check it for drift"
# A resource that is created, or whose function is called again, has no state to differ from.
WITHOUT_STATE = ("add", "rerun")


def drift_notes(drift: Drift, expected: Expected) -> Iterator[Note]:
    """Yield the differences; those of a resource that this plan changes are `at_risk`."""
    for each in drift.resources:
        row = expected.rows.get(each.logical_id)
        is_changed = row is not None and row.action not in WITHOUT_STATE
        verdict = Verdict.AT_RISK if is_changed else Verdict.SAFE
        if each.status == "DELETED":
            yield expected.note("drift", each.logical_id, verdict, GONE)
        elif each.status == "MODIFIED":
            text = CHANGED_HERE if is_changed else UNCHANGED_HERE
            yield from _modified(each, expected, verdict, text)
        elif each.status == "UNKNOWN" and is_changed:
            yield expected.note("drift", each.logical_id, verdict, UNKNOWN)


def unchecked(drift: Drift, expected: Expected) -> tuple[str, ...]:
    """Return the changed resources whose drift CloudFormation has not checked, by construct path.

    Not every type supports drift detection.
    """
    known = {each.logical_id for each in drift.resources if each.status != "NOT_CHECKED"}
    return tuple(
        sorted(
            each.resource
            for each in expected.rows.values()
            if each.action not in WITHOUT_STATE and each.logical_id not in known
        )
    )


def property_path(path: str) -> str:
    """Return `Tags[0].Value` for `/Tags/0/Value`."""
    parts = [each.replace("~1", "/").replace("~0", "~") for each in path.split("/") if each]
    return "".join(f"[{each}]" if each.isdigit() else f".{each}" for each in parts).removeprefix(
        "."
    )


def _modified(
    drift: ResourceDrift, expected: Expected, verdict: Verdict, text: str
) -> Iterator[Note]:
    if not drift.differences:
        yield expected.note("drift", drift.logical_id, verdict, text)
    for each in drift.differences:
        yield expected.value_note(
            "drift",
            drift.logical_id,
            verdict,
            text,
            property_path(each.path) or "(all)",
            *_values(each),
        )


def _values(difference: Difference) -> tuple[Any, Any]:
    expected, actual = _parsed(difference.expected), _parsed(difference.actual)
    return (
        UNSET if difference.kind == "ADD" else expected,
        UNSET if difference.kind == "REMOVE" else actual,
    )


def _parsed(text: str) -> Any:
    """Return the mapping or list that a text contains, whose secrets have names; else the text."""
    try:
        found = json.loads(text)
    except ValueError:
        return text
    return found if isinstance(found, dict | list) else text
