"""The causes of changes, where the code differs as well."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, cast

import pytest

from catalog_platform.findings import Location
from catalog_platform.manifest.node import ScalarNode
from catalog_platform.manifest.source_edits import SourceEdit
from catalog_platform.pipeline.planning.because import with_causes
from catalog_platform.pipeline.planning.variants import Variants
from catalog_platform.plan.changes import ResourceChange
from catalog_platform.plan.model import Change
from catalog_platform.plan.property_changes import ValueChange
from catalog_platform.plan.verdict import Verdict
from catalog_platform.plan.verdicts.lifecycle import Judgement
from support.plan_models import change

INFRA, FUNCTION = "platform/catalog_platform/infra/archive.py", "functions/reader/src/reader.py"
FILES = [FUNCTION, INFRA]


def edit(key: str, *, is_new: bool = False) -> SourceEdit:
    """Return the edit of a key, or its addition."""
    file = "environments/defaults.yaml" if is_new else "environments/shop.yaml"
    value = ScalarNode("1", "1", True, Location(file, 3))
    return SourceEdit(file, tuple(key.split(".")), None if is_new else value, value, value.location)


NEW, OTHER_NEW = edit("archive.tier", is_new=True), edit("archive.days", is_new=True)
SHARDS = edit("stream.shards")


class Edited(Variants):
    """Resources that some edits change; the head's code reads no manifest without others."""

    def __init__(
        self, resources: Mapping[str, set[SourceEdit]], *needs: SourceEdit, breaks: bool = False
    ) -> None:
        self.resources = resources
        self.needs = frozenset(needs)
        self.breaks = breaks

    def edits(self) -> tuple[SourceEdit, ...]:
        """Return all edits."""
        return (NEW, OTHER_NEW, SHARDS)

    def needed(self, edits: Collection[SourceEdit]) -> frozenset[SourceEdit]:
        """Return the edits without which nothing can be read."""
        return self.needs & {*edits}

    def changes(self, edits: frozenset[SourceEdit]) -> dict[str, ResourceChange] | None:
        """Return a row for each resource whose edits are made."""
        if not self.needs <= edits or (self.breaks and edits != {*self.edits()}):
            return None
        return {
            name: row(name) for name, conditions in self.resources.items() if conditions <= edits
        }


def row(name: str) -> ResourceChange:
    """Return the change of a topic."""
    return ResourceChange(
        resource=name,
        logical_id=name,
        type="AWS::SNS::Topic",
        action="update",
        is_retained=False,
        values=(ValueChange("A", 0, 1),),
        replaced_by=(),
        via=(),
        judgements=(Judgement(Verdict.SAFE, "", ""),),
    )


def explained(variants: Edited, **values: Any) -> tuple[dict[str, list[str]], bool]:
    """Return the causes by resource: a key, or the first file of the code."""
    rows = [row(name) for name in variants.resources]
    changes = [change(each.logical_id, because=[], **values) for each in rows]
    found, code = with_causes(variants, rows, changes, FILES)
    return {each.resource: causes(each) for each in found}, code


def causes(found: Change) -> list[str]:
    """Return each cause as text."""
    return [cast("str", e.key) if e.kind == "key" else e.file for e in found.because]


def test_the_code_and_an_edit_are_kept_apart() -> None:
    resources: dict[str, set[SourceEdit]] = {"Alarm": set(), "Stream": {SHARDS}}
    assert explained(Edited(resources)) == (
        {"Alarm": [INFRA], "Stream": ["stream.shards"]},
        True,
    )


@pytest.mark.parametrize("needs", [(NEW,), (NEW, OTHER_NEW)])
def test_keys_that_the_code_needs_are_its_causes_with_it_and_an_edit_is_one_alone(
    needs: tuple[SourceEdit, ...],
) -> None:
    resources = {"Alarm": set[SourceEdit](), "Bucket": {NEW}, "Stream": {SHARDS}}
    by_code = [*(each.key for each in needs), INFRA]
    assert explained(Edited(resources, *needs)) == (
        {"Alarm": by_code, "Bucket": by_code, "Stream": ["stream.shards"]},
        True,
    )


def test_code_that_needs_another_key_matters_although_it_changes_nothing_by_itself() -> None:
    found, code = explained(Edited({"Stream": {SHARDS}}, NEW))
    assert (found, code) == ({"Stream": ["stream.shards"]}, True)


def test_where_nothing_can_be_synthesised_but_all_edits_the_code_is_a_cause_of_every_change() -> (
    None
):
    found, code = explained(Edited({"Stream": {SHARDS}}, breaks=True))
    assert code
    assert INFRA in found["Stream"]


def test_the_bundle_of_a_function_is_changed_by_its_own_files_and_no_key() -> None:
    value = change("F").properties[0]
    bundle = [type(value)(path="Code.S3Key", old="a", new="b", verdict="safe", requires="update")]
    options = {"type": "AWS::Lambda::Function", "properties": bundle}
    assert explained(Edited({"F": set()}, NEW), **options)[0] == {"F": [FUNCTION]}
    options = {"type": "AWS::Lambda::Function", "properties": [], "action": "add"}
    assert explained(Edited({"F": set()}, NEW), **options)[0] == {"F": ["archive.tier", INFRA]}
