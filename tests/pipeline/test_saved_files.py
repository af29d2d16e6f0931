from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from catalog_platform.pipeline.saved_files import SavedFiles


class Clock:
    """Does one thing at each pause."""

    def __init__(self, *steps: Callable[[], object]) -> None:
        self.steps = [*steps]

    def __call__(self, _seconds: float) -> None:
        if self.steps:
            self.steps.pop(0)()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "watched" / "a.yaml"
    made.parent.mkdir()
    made.write_text("1")
    return made


def test_a_file_that_is_saved_in_steps_is_noticed_once_and_complete(file: Path) -> None:
    clock = Clock(
        lambda: None, lambda: file.write_text("12"), lambda: file.write_text("123"), lambda: None
    )
    assert SavedFiles([file.parent], clock).wait() == {file}
    assert clock.steps == []
    assert file.read_text() == "123"


def test_new_and_removed_files_are_noticed_and_bytecode_is_not(file: Path) -> None:
    new, cached = file.with_name("b.yaml"), file.parent / "__pycache__" / "a.pyc"

    def change() -> None:
        file.unlink()
        new.write_text("2")

    def cache() -> None:
        cached.parent.mkdir()
        cached.write_text("")

    assert SavedFiles([file.parent], Clock(cache, change)).wait() == {file, new}


def test_what_was_saved_between_two_waits_is_noticed(file: Path) -> None:
    files = SavedFiles([file.parent, file.parent / "missing"], Clock())
    file.write_text("12")
    assert files.wait() == {file}
    file.write_text("123")
    assert files.wait() == {file}
