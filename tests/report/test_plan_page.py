"""The rows of the HTML page."""

from __future__ import annotations

from catalog_platform.plan.model import Because
from catalog_platform.report.plan_page import page
from support.plan_models import change, environment, full_plan, plan

CODE = [Because(kind="code", side="head", file="a.py", line=1, files=["a.py"])]
OTHER = [Because(kind="code", side="head", file="b.py", line=1, files=["b.py"])]


def test_unknown_environments_are_first_then_the_worst_and_unchanged_ones_last() -> None:
    found = page(
        plan(
            environment("idle", status="unchanged"),
            environment("safe", change("A")),
            environment("lost", change("A", verdict="lost"), verdict="lost"),
            environment("unknown", status="unknown"),
        )
    )
    names = [each.plan.environment for each in found.environments]
    assert names == ["unknown", "lost", "safe", "idle"]
    assert found.statuses == "1 unknown, 2 changed, 1 unchanged"


def test_changes_are_grouped_by_cause_the_worst_first() -> None:
    rows = [change("A"), change("B", because=CODE), change("C", because=CODE, verdict="lost")]
    (found,) = page(plan(environment("a", *rows))).environments
    groups = [(group.cause, [row.change.resource for row in group.rows]) for group in found.groups]
    assert groups == [("code", ["C", "B"]), ("tags.owner", ["A"])]
    assert [group.counts for group in found.groups] == ["1 lost, 1 safe", "1 safe"]


def test_many_changes_that_do_not_block_are_folded() -> None:
    harmless = [change(f"A{at}") for at in range(4)]
    few = [change("A", verdict="interrupts")]
    many = [change(f"A{at}", verdict="interrupts") for at in range(20)]
    blocking = [*many, change("B", verdict="lost")]
    opened = []
    for rows in (harmless[:3], harmless, few, many, blocking):
        (found,) = page(plan(environment("a", *rows))).environments
        (group,) = found.groups
        opened.append((group.is_open, sum(group.shows(row) for row in group.rows)))
    assert opened == [(True, 0), (False, 0), (True, 1), (False, 0), (True, 1)]


def test_causes_that_differ_inside_of_a_group_are_shown_per_change() -> None:
    (same,) = page(plan(environment("a", change("A"), change("B")))).environments
    assert [len(group.because) for group in same.groups] == [1]
    rows = (change("A", because=CODE), change("B", because=OTHER))
    (differing,) = page(plan(environment("a", *rows))).environments
    assert [len(group.because) for group in differing.groups] == [0]


def test_a_cause_has_the_same_number_in_all_environments() -> None:
    made = page(
        plan(
            environment("a", change("A")),
            environment("b", change("B", because=CODE), change("C")),
            environment("c", change("D", because=[]), status="added"),
            environment("d", change("E", because=[])),
            environment("e", stack_changes=[change("(stack)", type="stack", because=[])]),
        )
    )
    found = {
        (each.plan.environment, made.causes[group.number])
        for each in made.environments
        for group in each.groups
    }
    assert found == {
        ("a", "tags.owner"),
        ("b", "code"),
        ("b", "tags.owner"),
        ("c", "the environment is new"),
        ("d", "cause not known"),
        ("e", "account, region or protection of the stack"),
    }


def test_a_chain_leads_from_the_first_changed_resource() -> None:
    rows = [change("C", via=["B"]), change("B", via=["A", "gone"]), change("A")]
    (found,) = page(plan(environment("a", *rows))).environments
    chains = {row.change.resource: row.chains for group in found.groups for row in group.rows}
    assert chains == {"C": (("A", "B"),), "B": (("A",),), "A": ()}


def test_a_circle_of_references_ends() -> None:
    rows = [change("A", via=["B"]), change("B", via=["A"])]
    (found,) = page(plan(environment("a", *rows))).environments
    assert {row.chains for group in found.groups for row in group.rows} == {
        (("A", "B"),),
        (("B", "A"),),
    }


def test_the_worst_changes_of_all_environments_are_kept_when_there_is_no_room_for_all() -> None:
    safe = [change(f"S{at}") for at in range(30)]
    made = page(
        plan(
            environment("a", *safe, change("A", verdict="lost"), verdict="lost"),
            environment("b", *safe, change("B", verdict="interrupts"), verdict="interrupts"),
        ),
        room=20_000,
    )
    shown = [
        row.change.resource
        for each in made.environments
        for group in each.groups
        for row in group.rows
    ]
    assert {"A", "B"} <= {*shown}
    assert len(shown) < 20
    for each in made.environments:
        assert each.left_out == 31 - sum(len(group.rows) for group in each.groups)
        assert each.total == 31


def test_only_verdicts_that_occur_are_offered_the_worst_first() -> None:
    assert page(full_plan()).verdicts == ("lost", "at_risk", "interrupts")
    assert page(plan()).verdicts == ()
