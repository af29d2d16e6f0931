"""Verdicts are ordered from harmless to worst."""

from __future__ import annotations

from typing import get_args

from catalog_platform.plan.model import VerdictName
from catalog_platform.plan.verdict import Verdict, worst


def test_the_worst_of_several_counts() -> None:
    assert worst([Verdict.SAFE, Verdict.LOST, Verdict.INTERRUPTS]) is Verdict.LOST
    assert worst([]) is Verdict.SAFE


def test_an_unprotected_change_and_worse_ones_need_an_acknowledgement() -> None:
    assert [each.value for each in Verdict if not each.blocks] == ["safe", "interrupts", "orphaned"]


def test_the_json_has_the_same_verdicts() -> None:
    assert get_args(VerdictName) == tuple(each.value for each in Verdict)
