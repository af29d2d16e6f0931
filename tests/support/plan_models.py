"""Plans made of values, for the tests of reports."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from catalog_platform.plan.model import (
    Base,
    Because,
    Change,
    Cost,
    EnvironmentPlan,
    Head,
    Plan,
    Property,
)

KEY = Because(kind="key", side="head", key="tags.owner", file="environments/d.yaml", line=3)


def change(name: str, **values: Any) -> Change:
    """Return the safe change of one tag of a topic, with other values for some fields."""
    changed = Property(path="Tags[owner]", old="a", new="b", verdict="safe", requires="update")
    because = values.get("because", [KEY])
    made: dict[str, Any] = {
        "resource": name,
        "logical_id": name,
        "type": "AWS::SNS::Topic",
        "action": "update",
        "verdict": "safe",
        "retained": False,
        "group": ", ".join("code" if each.key is UNSET else each.key for each in because),
        "blocking": False,
        "properties": [changed],
        "because": because,
        "via": [],
        "explanation": "it restarts",
        "source": "",
    }
    return Change(**{**made, **values})


def cost(**values: Any) -> Cost:
    """Return a cost that rises by 12.41 USD, with other values for some fields."""
    made: dict[str, Any] = {
        "currency": "USD",
        "as_of": "2025-01-31",
        "old": 1000.0,
        "new": 1012.41,
        "difference": 12.41,
        "assumptions": [],
        "unknown": [],
    }
    return Cost(**{**made, **values})


def environment(name: str, *changes: Change, **values: Any) -> EnvironmentPlan:
    """Return the plan of a changed environment, with other values for some fields."""
    made: dict[str, Any] = {
        "environment": name,
        "status": "changed",
        "verdict": "safe",
        "keys": [],
        "code": False,
        "stack_changes": [],
        "changes": [*changes],
    }
    return EnvironmentPlan(**{**made, **values})


def plan(*environments: EnvironmentPlan) -> Plan:
    """Return a plan of a working tree with changes against main."""
    return Plan(
        base=Base(ref="main", commit="1" * 40),
        head=Head(commit="2" * 40, dirty=True),
        environments=[*environments],
    )
