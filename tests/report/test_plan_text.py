"""The plan as a person reads it in a terminal."""

from __future__ import annotations

from typing import Any

from catalog_platform.plan.model import (
    Acknowledgement,
    Because,
    Change,
    EnvironmentFinding,
    KeyChange,
    Property,
)
from catalog_platform.report.plan_text import render
from support.plan_models import change, cost, environment, plan


def rendered(*changes: Change, **values: Any) -> str:
    """Return the text of a plan with one environment."""
    return render(plan(environment("prod", *changes, **values)))


def test_it_starts_with_what_is_compared() -> None:
    first = "the working tree (2222222222, with changes) compared with main (1111111111)\n"
    assert rendered(status="unchanged") == f"{first}\nprod: unchanged\n"


def test_a_change_has_its_verdict_its_values_and_its_line() -> None:
    assert rendered(change("Topic", verdict="interrupts")).splitlines()[2:] == [
        "prod: changed: 1 change (1 interrupts)",
        "  interrupts   update  Topic (AWS::SNS::Topic)",
        "               it restarts",
        "               Tags[owner]: a → b",
        "               because environments/d.yaml:3: tags.owner",
    ]


def test_the_worst_change_comes_first_and_many_safe_ones_of_one_cause_are_one_line() -> None:
    safe = (change(f"T{number}") for number in range(5))
    assert rendered(*safe, change("Bad", verdict="lost")).splitlines()[2:] == [
        "prod: changed: 6 changes (1 lost, 5 safe)",
        "  lost         update  Bad (AWS::SNS::Topic)",
        "               it restarts",
        "               Tags[owner]: a → b",
        "               because environments/d.yaml:3: tags.owner",
        "  safe         update  5 resources: Tags[owner]",
        "               because environments/d.yaml:3: tags.owner",
    ]


def test_no_change_that_matters_is_folded_into_a_count() -> None:
    text = rendered(*(change(f"T{number}", verdict="interrupts") for number in range(9)))
    assert [f"T{number} (" in text for number in range(9)] == [True] * 9


def test_code_is_a_cause_with_its_files() -> None:
    code = Because(kind="code", side="head", file="platform/a.py", line=1, files=["platform/a.py"])
    text = rendered(change("T", because=[code]))
    assert "               because code: platform/a.py" in text


def test_documents_are_folded_and_long_values_are_cut() -> None:
    folded = Property(
        path="PolicyDocument", old={}, new={}, verdict="safe", requires="update", folded=True
    )
    long = Property(path="Description", old="x" * 99, verdict="safe", requires="update")
    text = rendered(change("T", properties=[folded, long]))
    assert "PolicyDocument: changes\n" in text
    assert f"Description: {'x' * 59}… → (unset)\n" in text


def test_an_acknowledged_change_names_who_has_accepted_it() -> None:
    entry = Acknowledgement(id="a", owner="shop", reason="agreed", expires="2030-01-01")
    assert "acknowledged by shop: agreed\n" in rendered(change("T", acknowledgement=entry))


def test_the_keys_and_the_findings_of_an_unknown_environment_are_named() -> None:
    finding = EnvironmentFinding(side="base", rule="r", message="is wrong", file="f.yaml", line=2)
    key = KeyChange(key="stream.shards", old=2, new=3, file="f.yaml", line=7)
    text = rendered(status="unknown", findings=[finding], keys=[key])
    assert text.splitlines()[2:] == [
        "prod: unknown",
        "  base: f.yaml:2: is wrong",
        "  f.yaml:7: stream.shards: 2 → 3",
    ]


def test_the_cost_is_a_line() -> None:
    assert rendered(change("T"), cost=cost()).splitlines()[3] == (
        "  cost: +12.41 USD: 1,000.00 → 1,012.41 USD a month without usage, "
        "list prices of 2025-01-31 or later"
    )
