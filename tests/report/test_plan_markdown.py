"""The plan as a comment on a pull request."""

from __future__ import annotations

import re

import pytest

from catalog_platform.plan.model import Acknowledgement, EnvironmentFinding, Property
from catalog_platform.report.plan_markdown import LIMIT, MARKER, render
from support.plan_models import change, cost, environment, plan


def test_it_starts_with_the_counts_and_one_table_of_all_environments() -> None:
    text = render(
        plan(
            environment("dev", status="unchanged"),
            environment("prod", change("A", verdict="lost", blocking=True), verdict="lost"),
        )
    )
    assert text.splitlines()[:7] == [
        MARKER,
        "### Plan: 1 unchanged, 1 changed · **1 change to acknowledge or correct**",
        "",
        "| environment | status | verdict | changes | monthly cost |",
        "|---|---|---|---|--:|",
        "| prod | changed | **lost** | 1 |  |",
        "| dev | unchanged |  |  |  |",
    ]


def test_an_environment_that_is_not_unchanged_has_a_fold_the_worst_first() -> None:
    text = render(
        plan(
            environment("a", change("A")),
            environment("b", change("B", verdict="lost"), verdict="lost"),
            environment("c", status="unchanged"),
        )
    )
    assert re.findall(r"<summary><b>(\w)</b>: ([^<]*)", text) == [
        ("b", "changed: 1 lost"),
        ("a", "changed: 1 safe"),
    ]
    assert text.count("<details>") == text.count("</details>") == 2


def test_a_row_has_values_explanation_and_line() -> None:
    text = render(plan(environment("a", change("Path/To", verdict="interrupts"))))
    (row,) = [line for line in text.splitlines() if line.startswith("| interrupts")]
    assert "update <code>Path/To</code><br>AWS&#58;".replace("&#58;", "::SNS") in row
    assert "it restarts<br><code>Tags&#91;owner&#93;</code>: <code>a</code> → <code>b</code>" in row
    assert "<code>environments/d.yaml:3</code> <code>tags.owner</code>" in row


def test_many_safe_changes_of_one_cause_are_one_row() -> None:
    text = render(plan(environment("a", *(change(f"T{number}") for number in range(9)))))
    assert "| safe | update 9 resources |" in text


def test_findings_of_an_unknown_environment_are_listed_and_it_comes_first() -> None:
    finding = EnvironmentFinding(side="head", rule="r", message="no <b>", file="f.yaml", line=2)
    text = render(
        plan(
            environment("a", change("A", verdict="lost"), verdict="lost"),
            environment("b", status="unknown", findings=[finding]),
        )
    )
    assert text.index("| b | **unknown**") < text.index("| a | changed")
    assert "- head: <code>f.yaml:2</code> no &#60;b&#62;" in text


def test_an_acknowledgement_is_shown_with_its_owner() -> None:
    entry = Acknowledgement(id="a", owner="shop", reason="agreed", expires="2030-01-01")
    assert "acknowledged by shop: agreed" in render(
        plan(environment("a", change("A", verdict="lost", acknowledgement=entry)))
    )


@pytest.mark.parametrize("hostile", ["</details><script>", "| a |", "`", "@team", "\n\n# Title"])
def test_a_hostile_value_stays_text(hostile: str) -> None:
    changed = Property(path=hostile, old=hostile, new="x", verdict="safe", requires="update")
    text = render(
        plan(environment("a", change(hostile, properties=[changed], explanation=hostile)))
    )
    calm = render(plan(environment("a", change("x"))))
    for mark in ("<details>", "</details>", "<script>", "`", "@", "\n", "# "):
        assert text.count(mark) == calm.count(mark)


def test_the_command_that_reproduces_it_is_at_the_end() -> None:
    assert "<code>catalogctl plan a &#45;&#45;base".replace("&#45;", "-") in render(
        plan(environment("a"))
    )


@pytest.mark.parametrize(("environments", "changes"), [(1, 2000), (200, 20), (3000, 1)])
def test_a_large_plan_is_cut_and_says_what_is_left_out(environments: int, changes: int) -> None:
    rows = [change(f"T{number}", verdict="interrupts") for number in range(changes)]
    text = render(plan(*(environment(f"e{each}", *rows) for each in range(environments))))
    assert len(text) <= LIMIT
    assert "none worse" in text or "Not shown" in text
    assert text.count("<details>") == text.count("</details>")
    assert text.rstrip().endswith("</code>")


def test_the_worst_rows_are_kept_when_the_plan_is_cut() -> None:
    rows = [change(f"T{number}", group=str(number)) for number in range(2000)]
    text = render(plan(environment("a", *rows, change("Bad", verdict="lost"))))
    assert "<code>Bad</code>" in text
    assert len(text) <= LIMIT


def test_the_cost_is_a_column_and_a_line_of_the_fold() -> None:
    text = render(plan(environment("prod", change("T"), cost=cost(unknown=["<b>: no price"]))))
    assert "| prod | changed | safe | 1 | +12.41 USD + ? |\n" in text
    (line,) = [line for line in text.splitlines() if line.startswith("Cost: ")]
    assert "<b>" not in line


def test_changes_that_touch_each_other_are_drawn_if_there_is_room() -> None:
    rows = [change("A"), change("B", via=["A"])]
    text = render(plan(environment("a", *rows)))
    assert text.count("```mermaid\nflowchart LR\n") == 1
    assert "\n\n```mermaid" in text
    assert "```\n\n</details>" in text
    assert "```" not in render(plan(environment("a", *rows)), limit=len(text) - 20)
