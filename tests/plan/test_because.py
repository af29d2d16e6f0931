"""The causes of a change reproduce it, and none of them can be left out."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_platform.plan.because import Attribution
from catalog_platform.plan.changes import ResourceChange
from catalog_platform.plan.property_changes import ValueChange
from catalog_platform.plan.verdict import Verdict
from catalog_platform.plan.verdicts.lifecycle import Judgement

ROW = ResourceChange(
    resource="R",
    logical_id="R",
    type="AWS::SNS::Topic",
    action="update",
    is_retained=False,
    values=(),
    replaced_by=(),
    via=(),
    judgements=(Judgement(Verdict.SAFE, "", ""),),
)
EDITS = "abcd"


def row(*values: str) -> ResourceChange:
    """Return a change with some new values."""
    return replace(ROW, values=tuple(ValueChange(each, 0, 1) for each in sorted(values)))


class Resources:
    """Resources whose values are set by some of the edits together; edits may need others."""

    def __init__(
        self, resources: dict[str, list[frozenset[str]]], needs: dict[str, str] | None = None
    ) -> None:
        self.resources = resources
        self.needs = needs or {}

    def changes(self, edits: frozenset[str]) -> dict[str, ResourceChange] | None:
        """Return a row per resource: one value for each of its conditions that holds."""
        if any(edit in edits and other not in edits for edit, other in self.needs.items()):
            return None
        found = {}
        for name, conditions in self.resources.items():
            values = ["".join(sorted(each)) or "code" for each in conditions if each <= edits]
            if values:
                found[name] = row(*values)
        return found


CONDITIONS = st.frozensets(st.sampled_from(EDITS), max_size=3)
CATALOGS = st.dictionaries(
    st.sampled_from("RST"), st.lists(CONDITIONS, min_size=1, max_size=3, unique=True), max_size=3
)


@given(CATALOGS)
def test_causes_reproduce_every_change_and_none_is_superfluous(
    catalog: dict[str, list[frozenset[str]]],
) -> None:
    resources = Resources(catalog)
    every = resources.changes(frozenset(EDITS))
    assert every is not None
    causes = Attribution(EDITS, resources.changes).causes()
    assert set(causes) == set(every)
    for name, found in causes.items():
        assert (resources.changes(frozenset(found)) or {})[name] == every[name]
        for edit in found:
            rest = frozenset(found) - {edit}
            assert (resources.changes(rest) or {}).get(name) != every[name]


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ([frozenset("a")], "a"),
        ([frozenset("a"), frozenset("c")], "ac"),
        ([frozenset("bd")], "bd"),
        ([frozenset()], ""),
        ([frozenset(), frozenset("b")], "b"),
    ],
)
def test_a_change_has_exactly_its_causes(conditions: list[frozenset[str]], expected: str) -> None:
    causes = Attribution(EDITS, Resources({"R": conditions}).changes).causes()
    assert causes == {"R": tuple(expected)}


def test_edits_that_cannot_be_made_alone_count_together() -> None:
    resources = Resources({"R": [frozenset("a")]}, needs={"a": "b"})
    assert Attribution(EDITS, resources.changes).causes() == {"R": ("a", "b")}


def test_each_set_of_edits_is_evaluated_once() -> None:
    seen: list[frozenset[str]] = []
    resources = Resources({"R": [frozenset("ab")], "S": [frozenset("ab")]})

    def evaluate(edits: frozenset[str]) -> dict[str, ResourceChange] | None:
        seen.append(edits)
        return resources.changes(edits)

    attribution = Attribution(EDITS, evaluate)
    attribution.causes()
    assert len(seen) == len(set(seen)) == attribution.evaluations
    assert attribution.evaluations <= 2 + len(EDITS) + len([*itertools.combinations("ab", 2)]) + 8


def test_edits_with_parts_of_their_own_are_not_left_out_one_by_one() -> None:
    resources = Resources({"R": [frozenset("a"), frozenset("b"), frozenset("c")]})
    attribution = Attribution(EDITS, resources.changes)
    assert attribution.causes() == {"R": ("a", "b", "c")}
    # All, none, each of the four alone, and those three together.
    assert attribution.evaluations == 7


def test_the_changes_of_the_code_are_those_without_an_edit() -> None:
    resources = Resources({"R": [frozenset()], "S": [frozenset("a")]})
    assert set(Attribution(EDITS, resources.changes).of_code() or {}) == {"R"}


def test_code_that_makes_no_stack_without_an_edit_is_not_code_without_changes() -> None:
    def changes(edits: frozenset[str]) -> dict[str, ResourceChange] | None:
        return {"R": row("a")} if edits else None

    assert Attribution("ab", changes).of_code() is None
    assert Attribution("ab", lambda _: {}).of_code() == {}


def test_sets_of_edits_whose_changes_are_known_are_not_evaluated() -> None:
    resources = Resources({"R": [frozenset("a")], "S": [frozenset()]})
    evaluated: list[frozenset[str]] = []

    def changes(edits: frozenset[str]) -> dict[str, ResourceChange] | None:
        evaluated.append(edits)
        return resources.changes(edits)

    every, of_code = resources.changes(frozenset("a")), resources.changes(frozenset())
    known = Attribution("a", changes, every=every, of_code=of_code)
    assert known.causes() == Attribution("a", resources.changes).causes()
    assert (known.every, known.of_code()) == (every, of_code)
    assert evaluated == []
