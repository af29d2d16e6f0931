"""Plans made of values, for the tests of reports."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from catalog_platform.plan.model import (
    Acknowledgement,
    Base,
    Because,
    Change,
    Cost,
    EnvironmentFinding,
    EnvironmentPlan,
    Head,
    KeyChange,
    Plan,
    Property,
)

KEY = Because(kind="key", side="head", key="tags.owner", file="environments/d.yaml", line=3)
COST = Cost(
    currency="USD",
    as_of="2026-11-01",
    old=10.0,
    new=12.5,
    difference=2.5,
    assumptions=["730 hours a month"],
    unknown=["requests of the stream"],
)
FINDING = EnvironmentFinding(side="head", rule="r", message="bad", file="f.yaml", line=2)


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


def full_plan() -> Plan:
    """Return a plan that has every key, of which many are optional."""
    code = Because(kind="code", side="head", file="platform/a.py", line=1, files=["platform/a.py"])
    secret = Property(
        path="Password",
        old="(redacted)",
        new="(redacted)",
        verdict="lost",
        requires="replacement",
        redacted=True,
        folded=True,
    )
    accepted = change(
        "Database/Instance/Resource",
        verdict="lost",
        action="replace",
        properties=[secret],
        because=[KEY, code],
        via=["Key"],
        acknowledgement=Acknowledgement(
            id="a", owner="shop", reason="agreed", expires="2030-01-01"
        ),
        source="https://docs.aws.amazon.com/a",
    )
    return plan(
        environment(
            "production",
            accepted,
            change("Key", action="rerun", verdict="interrupts"),
            status="renamed",
            from_="prod",
            target="aws",
            verdict="lost",
            digest="3" * 64,
            deployed="4" * 40,
            keys=[KeyChange(key="tags.owner", old="a", new="b", file="e.yaml", line=3)],
            code=True,
            stack_changes=[change("(stack)", type="stack", verdict="at_risk", blocking=True)],
            cost=COST,
        ),
        environment("broken", status="unknown", findings=[FINDING]),
        environment("idle", status="unchanged"),
    )
