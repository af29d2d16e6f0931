from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform import folders
from support.permissions import forbid_listing


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "b" / "c").mkdir(parents=True)
    for name in ("z", "a", "b/x", "b/c/y"):
        (tmp_path / name).write_text(name)
    return tmp_path


def test_files_are_found_at_every_depth_and_sorted(tree: Path) -> None:
    found = [path.relative_to(tree).as_posix() for path in folders.files_below(tree)]
    assert found == ["a", "b/c/y", "b/x", "z"]


def test_a_link_to_a_folder_is_not_followed_and_one_to_a_file_is_a_file(tree: Path) -> None:
    (tree / "circle").symlink_to(tree)
    (tree / "link").symlink_to(tree / "a")
    assert [path.name for path in folders.files_below(tree)] == ["a", "y", "x", "link", "z"]


def test_names_are_sorted(tree: Path) -> None:
    assert folders.names_in(tree) == ["a", "b", "z"]


def test_a_folder_that_is_not_there_is_an_error_and_not_empty(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        folders.files_below(tmp_path / "no")
    with pytest.raises(FileNotFoundError):
        folders.names_in(tmp_path / "no")


def test_a_folder_that_cannot_be_listed_is_an_error_and_not_empty(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forbid_listing(monkeypatch, tree / "b" / "c")
    with pytest.raises(PermissionError):
        folders.files_below(tree)
    with pytest.raises(PermissionError):
        folders.names_in(tree / "b" / "c")
