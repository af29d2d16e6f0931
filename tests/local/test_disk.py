"""A full disk is detected by a failed write."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

import pytest

from catalog_platform.local import disk


def test_a_disk_with_free_space_is_not_full(tmp_path: Path) -> None:
    assert not disk.is_full(tmp_path)
    assert not disk.is_full(tmp_path / "nowhere")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_a_disk_that_refuses_writes_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(**_options: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    assert disk.is_full(tmp_path)
