"""The diagram in Mermaid."""

from __future__ import annotations

import re

import hypothesis
import pytest
from hypothesis import strategies as st

from catalog_platform.report.plan_mermaid import MAXIMUM, diagram
from support.plan_models import change
from support.plans_hostile import HOSTILE

LINE = re.compile(
    r"```mermaid|```|flowchart LR|  n\d+\[\"[A-Za-z0-9 /_.#;]+\"\]|  n\d+ --> n\d+"
    r"|  classDef blocking stroke-width:3px|  class n\d+(,n\d+)* blocking|"
)


def test_it_has_the_changes_that_touch_each_other() -> None:
    rows = [change("Proxy/A", via=["Secret/A"], verdict="at_risk"), change("Secret/A"), change("B")]
    assert diagram(rows).splitlines() == [
        "```mermaid",
        "flowchart LR",
        '  n0["at risk#58; update Proxy/A"]',
        '  n1["safe#58; update Secret/A"]',
        "  n1 --> n0",
        "  classDef blocking stroke-width:3px",
        "  class n0 blocking",
        "```",
    ]


def test_there_is_none_when_no_change_touches_another_or_there_are_too_many() -> None:
    assert diagram([change("A"), change("B", via=["elsewhere", "B"])]) == ""
    rows = [change("A"), *(change(f"B{at}", via=["A"]) for at in range(MAXIMUM - 1))]
    assert diagram(rows) != ""
    assert diagram([*rows, change("C")]) == ""


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_hostile_name_stays_in_its_label(hostile: str) -> None:
    found = diagram([change(hostile, logical_id="A"), change(hostile * 9, via=["A"])])
    assert len(found.splitlines()) == 6
    assert all(LINE.fullmatch(line) for line in found.splitlines())


@hypothesis.given(st.text())
def test_no_name_can_leave_its_label(name: str) -> None:
    found = diagram([change(name, logical_id="A"), change(f"{name}b", logical_id="B", via=["A"])])
    assert all(LINE.fullmatch(line) for line in found.splitlines())
    assert len(found.splitlines()) == 6
