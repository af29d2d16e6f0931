"""A full disk is recognised by what cannot be written to it, or by what a server says of it."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

import pytest

from catalog_platform.errors import PlatformError, ToolError
from catalog_platform.local import disk


def test_a_disk_with_room_is_not_full_and_nothing_is_left_on_it(tmp_path: Path) -> None:
    assert not disk.is_full(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_takes_nothing_more_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(**_options: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    assert disk.is_full(tmp_path)


def test_a_folder_that_is_gone_is_not_full(tmp_path: Path) -> None:
    assert not disk.is_full(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (OSError(errno.EACCES, "Permission denied"), False),
        (ToolError("ended", returncode=1, tail="FATAL: No space left on device"), True),
        (ToolError("ended", returncode=1, tail="FATAL: out of memory"), False),
        (PlatformError("ended"), False),
    ],
)
def test_errors_say_so(error: Exception, expected: bool) -> None:
    assert disk.says_full(error) is expected
