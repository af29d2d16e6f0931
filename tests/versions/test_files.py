"""The files of a commit, and those of the working tree that differ from it."""

from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.versions.files import CommitFiles, changed_files, is_below
from catalog_platform.workspace import Workspace
from support.git import Repository

ODD = 'platform/über "x"\n.py'


@pytest.fixture
def made(tmp_path: Path) -> Repository:
    """A repository whose commit has files in two folders, and one next to them."""
    found = Repository.create(tmp_path / "repository")
    for name in ("platform/a.py", "platform-other/a.py", "policies/checks/a.py", ODD):
        path = found.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("first\n")
    found.commit("base")
    return found


def files(made: Repository, *paths: str) -> CommitFiles:
    return CommitFiles(Workspace(made.root), made.head(), *paths)


def test_files_are_listed_below_a_folder_and_not_beside_it(made: Repository) -> None:
    found = files(made, "platform", "policies")
    listed = made.git("ls-tree", "-r", "HEAD", "--", "platform")
    assert found.below("platform") == listed
    assert found.below("platform", "policies").count("\n") == 3
    assert (found.has("policies"), found.has("polici"), found.has("functions")) == (
        True,
        False,
        False,
    )


def test_another_content_of_a_file_is_another_list(made: Repository) -> None:
    before = files(made, "platform").below("platform")
    (made.root / "platform" / "a.py").write_text("second\n")
    made.commit("edit")
    assert files(made, "platform").below("platform") != before


def test_submodules_are_named_and_have_no_files(made: Repository) -> None:
    source = made.root.as_uri()
    made.git("-c", "protocol.file.allow=always", "submodule", "add", source, "functions")
    made.commit("a submodule")
    found = files(made, "platform", "functions")
    assert found.submodules("platform", "functions") == ["functions"]
    assert found.submodules("platform") == []
    assert not found.has("functions")


def test_edited_new_and_removed_files_differ_and_ignored_ones_do_not(made: Repository) -> None:
    workspace, base = Workspace(made.root), made.head()
    assert changed_files(workspace, base, "platform", "policies") == []
    (made.root / ".gitignore").write_text("*.pyc\n")
    (made.root / "platform" / "a.py").write_text("second\n")
    (made.root / "platform" / "new.py").write_text("")
    (made.root / "platform" / "a.pyc").write_text("")
    (made.root / "policies" / "checks" / "a.py").unlink()
    (made.root / ODD).write_text("second\n")
    (made.root / "platform-other" / "a.py").write_text("second\n")
    found = changed_files(workspace, base, "platform", "policies")
    assert [each for each in found if not each.startswith('"')] == [
        "platform/a.py",
        "platform/new.py",
        "policies/checks/a.py",
    ]
    assert sum(is_below(each, ("platform",)) for each in found) == 3
    made.commit("all of it")
    assert changed_files(workspace, base, "platform", "policies") == found


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("platform", True),
        ("platform/a.py", True),
        ('"platform/\\303\\274.py"', True),
        ("platform-other/a.py", False),
        ("platforms", False),
        ("other/platform/a.py", False),
    ],
)
def test_a_path_covers_itself_and_what_is_in_it(name: str, expected: bool) -> None:
    assert is_below(name, ("functions", "platform")) is expected
