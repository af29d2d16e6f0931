"""The layout of the diagram of sections."""

from __future__ import annotations

import re

import hypothesis
from hypothesis import strategies as st

from catalog_platform.report.section_diagram import HEIGHT, MAXIMUM, WIDTH, diagram, section
from support.plan_models import change


def test_a_section_is_the_first_construct_of_a_path() -> None:
    assert section("Database/Instance/Resource") == "Database"
    assert section("Alone") == "Alone"


def test_a_box_has_the_counts_of_its_section_and_its_worst_verdict() -> None:
    found = diagram(
        [
            change("Database/A", verdict="at_risk"),
            change("Database/B"),
            change("Database/C"),
            change("Cache/A"),
        ]
    )
    assert [(box.name, box.counts, box.verdict) for box in found.boxes] == [
        ("Database", ("1 at risk, 2 safe",), "at_risk"),
        ("Cache", ("1 safe",), "safe"),
    ]
    assert found.description == "Database: 1 at risk, 2 safe; Cache: 1 safe."


def test_an_arrow_leads_to_the_section_that_changes_with_another() -> None:
    found = diagram(
        [
            change("Proxy/A", via=["Secret/A", "Proxy/B", "unknown"]),
            change("Secret/A"),
            change("Proxy/B"),
        ]
    )
    at = {box.name: box.x for box in found.boxes}
    assert len(found.arrows) == 1
    assert at["Secret"] < at["Proxy"]
    assert "Proxy changes with Secret" in found.description


def test_sections_in_a_circle_are_all_drawn() -> None:
    rows = [change("A/x", via=["B/x"]), change("B/x", via=["C/x"]), change("C/x", via=["A/x"])]
    found = diagram(rows)
    assert {box.name for box in found.boxes} == {"A", "B", "C"}
    assert [arrow.is_mutual for arrow in found.arrows] == [False] * 3


def test_sections_that_change_with_each_other_have_one_arrow() -> None:
    found = diagram([change("A/x", via=["B/x"]), change("B/x", via=["A/x"])])
    assert [arrow.is_mutual for arrow in found.arrows] == [True]


def test_a_circle_begins_where_most_others_refer_to() -> None:
    rows = [change(f"Network/{at}") for at in range(3)]
    users = [change(f"{name}/x", via=["Network/0", "Network/1"]) for name in ("A", "B")]
    rules = [change(f"Network/rule{name}", via=[f"{name}/x"]) for name in ("A", "B")]
    at = {box.name: box.x for box in diagram([*users, *rules, *rows]).boxes}
    assert at["Network"] < at["A"] == at["B"]


def test_many_counts_take_two_lines() -> None:
    verdicts = ("rejected", "lost", "at_risk", "interrupts", "orphaned", "safe", "unprotected")
    (box,) = diagram([change(f"A/{each}", verdict=each) for each in verdicts]).boxes
    assert box.counts == ("1 rejected, 1 lost, 1 at risk,", "1 unprotected, 1 orphaned, …")


def test_the_worst_sections_are_drawn_when_there_are_too_many() -> None:
    found = diagram([*(change(f"S{at}/x") for at in range(200)), change("Z/x", verdict="lost")])
    assert len(found.boxes) == MAXIMUM
    assert found.boxes[0].name == "Z"
    assert found.left_out == 201 - MAXIMUM


NAMES = st.sampled_from([f"{letter}/{at}" for letter in "ABCDEFG" for at in range(2)])


@hypothesis.given(st.dictionaries(NAMES, st.lists(NAMES, max_size=3), min_size=1))
def test_no_box_covers_another_or_is_outside(via: dict[str, list[str]]) -> None:
    found = diagram([change(name, via=before) for name, before in via.items()])
    corners = [(box.x, box.y) for box in found.boxes]
    for at, (x, y) in enumerate(corners):
        assert x + WIDTH <= found.width
        assert y + HEIGHT <= found.height
        for left, top in corners[:at]:
            assert abs(x - left) >= WIDTH or abs(y - top) >= HEIGHT
    assert all(re.fullmatch(r"M\d+ \d+ C(\d+ ?){6}", arrow.path) for arrow in found.arrows)
