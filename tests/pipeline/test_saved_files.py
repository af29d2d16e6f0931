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


def test_folders_that_change_rarely_are_looked_at_after_a_while_and_with_each_save(
    file: Path, tmp_path: Path
) -> None:
    code = tmp_path / "code" / "a.py"
    code.parent.mkdir()
    code.write_text("")
    pauses: list[float] = []
    files = SavedFiles([file.parent], pauses.append, rarely=[code.parent])
    code.write_text("1")
    assert files.wait() == {code}
    assert 0.5 < sum(pauses) < 1.5
    file.write_text("12")
    code.write_text("12")
    pauses.clear()
    assert files.wait() == {file, code}
    assert sum(pauses) < 0.06


def test_a_save_is_noticed_within_60_milliseconds(file: Path) -> None:
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        # Just after a look.
        if not pauses:
            file.write_text("12")
        pauses.append(seconds)

    assert SavedFiles([file.parent], pause).wait() == {file}
    assert sum(pauses) < 0.06
