"""Database instances whose deployed properties differ from the template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import UNSET

from catalog_platform.aws.refused_updates.values import is_older, number, version
from catalog_platform.plan.account.facts import Expected
from catalog_platform.plan.model import Change, Note
from catalog_platform.plan.stack import Stack
from catalog_platform.plan.verdict import Verdict

# A property is only sent to RDS when it differs from that of the last deployment.
DIFFERS = "the instance differs from the template"
DOWNGRADE = (
    "AWS refuses a version older than the deployed one; set the version to {actual} or later"
)
SHRINK = "AWS can't make the storage smaller than it is; set it to {actual} or more"
PROTECTED = "AWS refuses to delete the instance while its deletion protection is on"


def database_notes(
    found: Mapping[str, Mapping[str, Any]],
    deployed: Stack | None,
    head: Stack | None,
    expected: Expected,
) -> Iterator[Note]:
    """Yield what differs from the template that is deployed, or taken as deployed.

    What AWS will refuse because of it is `rejected`. A difference of an instance that the plan
    changes is `at_risk`.
    """
    for logical_id, actual in found.items():
        row = expected.rows.get(logical_id)
        old, new = (_properties(stack, logical_id) for stack in (deployed, head))
        for name, value in actual.items():
            refused = _refusal(name, value, row, old.get(name), new.get(name))
            if not refused and (deployed is None or _agrees(name, old.get(name), value)):
                continue
            verdict = (
                Verdict.REJECTED
                if refused
                else Verdict.AT_RISK
                if row is not None
                else Verdict.SAFE
            )
            yield expected.value_note(
                "databases",
                logical_id,
                verdict,
                refused.format(actual=value) or DIFFERS,
                name,
                (new if refused and new else old).get(name, UNSET),
                value,
            )


def _properties(stack: Stack | None, logical_id: str) -> Mapping[str, Any]:
    resource: Mapping[str, Any] = (
        {} if stack is None else stack.resources.get(logical_id, {}).get("Properties", {})
    )
    return resource


def _agrees(name: str, template: Any, actual: Any) -> bool:
    """Return whether a deployed value is what the template says; `17` means any version of 17."""
    if isinstance(template, Mapping):
        return True
    if name == "EngineVersion":
        wanted, running = version(template), version(actual)
        return wanted is None or running is None or running[: len(wanted)] == wanted
    if name == "AllocatedStorage":
        return template is None or number(template) == number(actual)
    return (str(template).lower() == "true") is bool(actual)


def _refusal(name: str, actual: Any, row: Change | None, old: Any, new: Any) -> str:
    """Return why AWS refuses the change because of the deployed value; empty if it does not."""
    if row is None or row.action in ("add", "rerun"):
        return ""
    if name == "DeletionProtection":
        deletes = row.action in ("remove", "replace") and not row.retained
        return PROTECTED if deletes and actual is True and not _is_on(old) else ""
    if row.action != "update" or old == new:
        return ""
    if name == "EngineVersion":
        return DOWNGRADE if is_older(new, actual) else ""
    wanted_size, size = number(new), number(actual)
    is_smaller = wanted_size is not None and size is not None and wanted_size < size
    return SHRINK if is_smaller else ""


def _is_on(value: Any) -> bool:
    return str(value).lower() == "true"
