"""Manifests with some of the edits between two versions."""

from __future__ import annotations

from pathlib import Path

from catalog_platform.pipeline.planning.variants import Variants
from catalog_platform.plan.stack import Stack
from catalog_platform.workspace import Workspace
from support.manifests import DEFAULTS
from support.plans import SHOP

NOTHING = Stack(template={"Resources": {}}, account="1", region="r", is_protected=True, paths={})
HOURS = next(line for line in DEFAULTS.splitlines() if "retention_hours" in line)


def variants(folder: Path, base: tuple[str, str], head: tuple[str, str]) -> Variants:
    """Return the variants between two versions of the defaults and of an environment."""
    sides = []
    for name, texts in (("base", base), ("head", head)):
        workspace = Workspace(folder / name)
        workspace.environments.mkdir(parents=True)
        for file, text in zip(("defaults", "shop"), texts, strict=True):
            (workspace.environments / f"{file}.yaml").write_text(text)
        sides.append(workspace)
    return Variants(sides[0], sides[1], "shop", NOTHING, folder / "scratch")


def needed(found: Variants) -> list[tuple[str, str]]:
    """Return file and key of the edits that the code needs."""
    needed = found.needed(found.edits())
    return [(Path(e.file).stem, e.key) for e in found.edits() if e in needed]


def test_a_key_that_only_the_head_knows_is_needed_and_an_edit_or_another_value_is_not(
    tmp_path: Path,
) -> None:
    edited = SHOP.replace("shards: 2", "shards: 3\n  retention_hours: 96")
    found = variants(tmp_path, (DEFAULTS.replace(HOURS, ""), SHOP), (DEFAULTS, edited))
    assert {each.key for each in found.edits()} == {"stream.shards", "stream.retention_hours"}
    assert needed(found) == [("defaults", "stream.retention_hours")]


def test_a_renamed_key_is_needed_wherever_it_was_set(tmp_path: Path) -> None:
    old = DEFAULTS.replace(HOURS, HOURS.replace("retention_hours", "hours"))
    shop = SHOP.replace("shards: 2", "shards: 2\n  {}: 96")
    base, head = (old, shop.format("hours")), (DEFAULTS, shop.format("retention_hours"))
    assert sorted(needed(variants(tmp_path, base, head))) == [
        ("defaults", "stream.hours"),
        ("defaults", "stream.retention_hours"),
        ("shop", "stream.hours"),
    ]


def test_another_type_of_a_value_is_needed(tmp_path: Path) -> None:
    old = DEFAULTS.replace(HOURS, HOURS.partition(":")[0] + ": many")
    found = variants(tmp_path, (old, SHOP), (DEFAULTS, SHOP))
    assert needed(found) == [("defaults", "stream.retention_hours")]


def test_nothing_is_needed_where_the_head_reads_the_base(tmp_path: Path) -> None:
    edited = SHOP.replace("shards: 2", "shards: 3")
    assert needed(variants(tmp_path, (DEFAULTS, SHOP), (DEFAULTS, edited))) == []
