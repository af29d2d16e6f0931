"""The edits between two versions of the manifest files, and files with some of them."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from catalog_platform.errors import FindingsError
from catalog_platform.findings import Location
from catalog_platform.manifest import Manifests
from catalog_platform.manifest.node import plain
from catalog_platform.manifest.source_edits import SourceEdit, source_edits, with_edits
from catalog_platform.workspace import Workspace
from support.manifests import VALID, a_repository

SHARED = "cache:\n  port: 6390\n"


def version(root: Path, sample: str, shared: str = SHARED) -> Workspace:
    """Return a repository whose environment `sample` extends a shared file."""
    made = a_repository(root, sample=sample)
    (made.environments / "shared").mkdir()
    (made.environments / "shared" / "small.yaml").write_text(shared)
    return made


def edits(base: Workspace, head: Workspace) -> list[tuple[str, str, object, object, str]]:
    """Return the edits as file, key, old, new and location."""
    return [
        (
            each.file,
            each.key,
            each.old and plain(each.old),
            each.new and plain(each.new),
            str(each.location),
        )
        for each in source_edits(base, head, "sample")
    ]


@pytest.fixture
def base(tmp_path: Path) -> Workspace:
    return version(tmp_path / "base", f"extends: [shared/small.yaml]\n{VALID}")


def edited(tmp_path: Path, text: str, shared: str = SHARED) -> Workspace:
    """Return the head with another text below the line of `extends`."""
    return version(tmp_path / "head", f"extends: [shared/small.yaml]\n{text}", shared)


def test_equal_files_have_no_edits(base: Workspace) -> None:
    assert source_edits(base, base, "sample") == ()


def test_comments_and_the_order_of_keys_are_no_edits(base: Workspace, tmp_path: Path) -> None:
    assert edits(base, edited(tmp_path, f"# A comment.\n{VALID}")) == []


def test_a_changed_an_added_and_a_removed_key_are_edits(base: Workspace, tmp_path: Path) -> None:
    head = edited(
        tmp_path, VALID.replace("10.55", "10.56") + "stream:\n  shards: 3\n", "cache: {}\n"
    )
    found = edits(base, head)
    assert [(file, key, old, new) for file, key, old, new, _ in found] == [
        ("environments/shared/small.yaml", "cache.port", 6390, None),
        ("environments/sample.yaml", "network.cidr", "10.55.0.0/16", "10.56.0.0/16"),
        ("environments/sample.yaml", "stream.shards", None, 3),
    ]
    assert found[0][4] == "environments/shared/small.yaml:2:3"


def test_a_list_is_one_edit_and_an_expression_is_not_evaluated(
    base: Workspace, tmp_path: Path
) -> None:
    more = (
        "network:\n  cidr: 10.55.0.0/16\n  availability_zones:\n    - '{{ environment.region }}c'\n"
    )
    head = edited(tmp_path, f"{VALID[: VALID.index('network')]}{more}")
    (found,) = [each for each in edits(base, head) if each[1] == "network.availability_zones"]
    assert found[3] == ["{{ environment.region }}c"]


@pytest.mark.parametrize(
    ("old", "new"), [("17.9", "17.10"), ("17.1", "17.10"), ('"17.9"', "17.10")]
)
def test_an_unquoted_number_stays_the_text_that_its_key_requires(
    old: str, new: str, tmp_path: Path
) -> None:
    lines = "database:\n  engine_version: {}\n  read_replicas: {}\n"
    base = version(tmp_path / "base", VALID + lines.format(old, 0))
    head = version(tmp_path / "head", VALID + lines.format(new, 1))
    found = source_edits(base, head, "sample")
    assert [(each.key, each.new and plain(each.new)) for each in found] == [
        ("database.engine_version", "17.10"),
        ("database.read_replicas", 1),
    ]
    # With the edit of another key only, the version stays as it was, and the other way round.
    replicas = Manifests(_written(tmp_path / "made", base, found[1:])).resolve("sample")
    assert replicas["database.engine_version"].value == old.strip('"')
    upgraded = Manifests(_written(tmp_path / "other", base, found[:1])).resolve("sample")
    assert upgraded["database.engine_version"].value == "17.10"


def test_a_quoted_and_an_unquoted_version_are_no_edit(tmp_path: Path) -> None:
    lines = "database: {{engine_version: {}, replica_engine_version: {}}}\n"
    base = version(tmp_path / "base", VALID + lines.format("17.10", '"17.10"'))
    head = version(tmp_path / "head", VALID + lines.format('"17.10"', "17.10"))
    assert edits(base, head) == []


def test_declared_differences_are_no_edits(base: Workspace, tmp_path: Path) -> None:
    head = edited(tmp_path, f"{VALID}divergences:\n  - {{key: stream, reason: a good one}}\n")
    assert edits(base, head) == []


def test_all_edits_give_the_head_and_none_gives_the_base(base: Workspace, tmp_path: Path) -> None:
    text = VALID.replace("10.55", "10.56") + "stream: {shards: 3}\ntags: {team: shop}\n"
    head = edited(tmp_path, text, "cache:\n  port: 6380\n")
    found = source_edits(base, head, "sample")
    for chosen, expected in (((), base), (found, head)):
        assert (
            resolved(tmp_path / "made", base, chosen) == Manifests(expected).resolve("sample").tree
        )


def test_every_subset_changes_its_own_keys_only(base: Workspace, tmp_path: Path) -> None:
    head = edited(tmp_path, f"{VALID}stream: {{shards: 3}}\n", "cache:\n  port: 6380\n")
    found = source_edits(base, head, "sample")
    assert len(found) == 2
    before = dict(Manifests(base).resolve("sample"))
    for number in range(3):
        for chosen in itertools.combinations(found, number):
            made = _written(tmp_path / "made", base, chosen)
            now = dict(Manifests(made).resolve("sample"))
            changed = {key for key in now if now[key].value != before[key].value}
            assert changed == {each.key for each in chosen}


def test_a_file_that_only_the_head_extends_is_edited_key_by_key(tmp_path: Path) -> None:
    base = version(tmp_path / "base", VALID)
    head = edited(tmp_path, VALID)
    assert [(file, key) for file, key, *_ in edits(base, head)] == [
        ("environments/shared/small.yaml", "cache.port"),
        ("environments/sample.yaml", "extends"),
    ]


def test_a_file_that_cannot_be_parsed_is_refused(base: Workspace, tmp_path: Path) -> None:
    head = edited(tmp_path, "a: [")
    with pytest.raises(FindingsError):
        source_edits(base, head, "sample")


def test_an_edit_names_its_key_in_dotted_notation() -> None:
    edit = SourceEdit("f", ("stream", "shards"), None, None, Location("f"))
    assert edit.key == "stream.shards"


def _written(root: Path, base: Workspace, chosen: tuple[SourceEdit, ...]) -> Workspace:
    for file, text in with_edits(base, "sample", chosen).items():
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Workspace(root)


def resolved(root: Path, base: Workspace, chosen: tuple[SourceEdit, ...]) -> object:
    """Return the values of the base with some of the edits."""
    return Manifests(_written(root, base, chosen)).resolve("sample").tree
