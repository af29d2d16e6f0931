"""The table of edits: each gets the verdict that AWS's documentation gives it.

The CDK's differ is an independent comparison: each of its disagreements has a reason.
"""

from __future__ import annotations

import fnmatch
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import pytest

from catalog_platform.manifest.documentation import leaves
from catalog_platform.plan.changes import changes
from catalog_platform.plan.environment import changes_of_stack, resource_changes, worst_of
from catalog_platform.plan.model import Change
from catalog_platform.plan.stack import Stack
from catalog_platform.plan.stack_changes import is_another_stack
from catalog_platform.plan.verdict import Verdict
from support.cloudformation_diff import NOTHING, REASONS, Row, differ, disagreements, reason
from support.manifests import ROOT
from support.plan_edits import EditedStacks, PlanEdit, table

TABLE = table()
SHORT = [each for each in TABLE if each.short]

# The edits of docs/edits.md, each with its verdict.
PAGE: list[tuple[str, str]] = re.findall(
    r"^\| (`.+?) \| `(\w+)` \| .*\|$", (ROOT / "docs" / "edits.md").read_text(), re.MULTILINE
)


def _keys(cell: str) -> list[str]:
    """Return the keys of the manifest in a cell, such as `cache.port` or `alarms.*.severity`."""
    return re.findall(r"`([a-z_]+\.[a-z_.*]+)(?:: \S+)?`", cell)


@dataclass(frozen=True)
class Result:
    """The stacks of an edit with their changes, and what the differ says."""

    base: Stack
    head: Stack
    theirs: dict[str, Row]

    @cached_property
    def rows(self) -> list[Change]:
        """Return the changes of the stack and of its resources."""
        return [*changes_of_stack(self.base, self.head), *resource_changes(self.base, self.head)]


Study = Callable[[list[PlanEdit]], dict[str, Result]]


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Synthesise edits, each once, and compare them with the plan's code and the differ."""
    folder = tmp_path_factory.mktemp("study")
    stacks = EditedStacks(folder / "repository")
    known: dict[str, Result] = {}

    def results(edits: list[PlanEdit]) -> dict[str, Result]:
        new = [each for each in edits if str(each) not in known]
        pairs = [stacks.pair(each) for each in new]
        found = differ(pairs, folder) if pairs else []
        for each, pair, theirs in zip(new, pairs, found, strict=True):
            known[str(each)] = Result(*pair, theirs)
        return {str(each): known[str(each)] for each in edits}

    return results


def _wrong(edit: PlanEdit, result: Result) -> list[str]:
    """Return what differs between a row of the table and the plan."""
    worst = worst_of(result.rows)
    decisive = [each.resource for each in result.rows if each.verdict == worst.value]
    found = []
    if worst.value != edit.verdict or edit.resource not in (decisive or [""]):
        found.append(f"{edit}: {worst.value} of {decisive[:3]}")
    ids = {each.resource: each.logical_id for each in result.rows}
    word = result.theirs.get(ids.get(edit.resource, ""), Row()).word
    if word != edit.differ:
        found.append(f"{edit}: the differ says {word}")
    return found


def _unexplained(results: dict[str, Result]) -> tuple[list[str], Counter[str]]:
    """Return the disagreements without a reason, and how often each reason applies."""
    unexplained: list[str] = []
    reasons: Counter[str] = Counter()
    for name, each in results.items():
        if is_another_stack(each.base, each.head):
            continue
        ours = changes(each.base, each.head)
        for disagreement in disagreements(ours, each.theirs, each.base, each.head):
            why = reason(disagreement)
            if why is None:
                unexplained.append(f"{name}: {disagreement}")
            else:
                reasons[why] += 1
    return unexplained, reasons


def test_the_table_has_at_least_ninety_edits_and_every_verdict() -> None:
    assert len({str(each) for each in TABLE}) == len(TABLE) >= 90
    for rows in (TABLE, SHORT):
        assert {each.verdict for each in rows} == {each.value for each in Verdict}


def test_each_row_of_the_page_about_edits_has_the_verdict_of_its_edits() -> None:
    rows = {cell.replace("`", ""): verdict for cell, verdict in PAGE}
    assert len(rows) == len(PAGE)
    assert {(each.row, each.verdict) for each in TABLE if each.row} == set(rows.items())


def test_each_key_of_a_row_is_edited_and_each_edit_of_one_key_has_a_row() -> None:
    edited: dict[str, set[str]] = {}
    for each in TABLE:
        edited.setdefault(each.row, set()).update(each.edit)
    missing = [
        f"{cell}: {key}"
        for cell, _ in PAGE
        for key in _keys(re.split(r",? with(?:out)? ", cell)[0])
        if not fnmatch.filter(edited.get(cell.replace("`", ""), ()), key)
    ]
    assert missing == []
    assert [str(each) for each in TABLE if len(each.edit) == 1 and not each.row] == []


def test_the_page_about_edits_lists_every_key() -> None:
    listed = {key for cell, _ in PAGE for key in _keys(cell)}
    # The name of an environment is that of its file: another one is another stack.
    unlisted = [
        leaf
        for leaf in leaves()
        if leaf != "environment.name" and not any(fnmatch.fnmatch(leaf, key) for key in listed)
    ]
    assert unlisted == []


@pytest.mark.synth
def test_an_edit_of_each_kind_gets_its_verdict_and_the_differ_is_explained(study: Study) -> None:
    results = study(SHORT)
    assert [text for each in SHORT for text in _wrong(each, results[str(each)])] == []
    unexplained, _ = _unexplained(results)
    assert unexplained == []


@pytest.mark.synth
@pytest.mark.exhaustive
def test_every_edit_gets_its_verdict_and_the_differ_is_explained(study: Study) -> None:
    results = study(TABLE)
    assert [text for each in TABLE for text in _wrong(each, results[str(each)])] == []
    unexplained, reasons = _unexplained(results)
    assert unexplained == []
    assert set(reasons) == set(REASONS)


def test_what_no_reason_explains_is_reported() -> None:
    def stack(**properties: str) -> Stack:
        resource = {"Type": "AWS::SQS::Queue", "Properties": properties}
        template = {"Resources": {"Q": resource}}
        return Stack(template=template, account="1", region="r", is_protected=False, paths={})

    base, head = stack(QueueName="a"), stack(QueueName="b")
    ours = changes(base, head)
    for word in (NOTHING, "update", "may replace", "destroy"):
        (found,) = disagreements(ours, {"Q": Row(word, {"QueueName": word})}, base, head)
        assert reason(found) is None
    assert not disagreements(ours, {"Q": Row("replace", {})}, base, head)
