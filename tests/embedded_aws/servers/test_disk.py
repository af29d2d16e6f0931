"""A full disk is detected by a failed write, or by a server's error message."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

import pytest

from embedded_aws.errors import EmbeddedAwsError, ProgramError
from embedded_aws.servers import disk


def test_a_disk_with_free_space_is_not_full(tmp_path: Path) -> None:
    assert not disk.is_full(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_refuses_writes_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(**_options: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    assert disk.is_full(tmp_path)


def test_a_missing_folder_is_not_full(tmp_path: Path) -> None:
    assert not disk.is_full(tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), True),
        (OSError(errno.EACCES, "Permission denied"), False),
        (ProgramError("ended", log="FATAL: No space left on device"), True),
        (ProgramError("ended", log="FATAL: out of memory"), False),
        (EmbeddedAwsError("ended"), False),
    ],
)
def test_errors_of_a_full_disk_are_recognised(error: Exception, expected: bool) -> None:
    assert disk.is_disk_full_error(error) is expected
