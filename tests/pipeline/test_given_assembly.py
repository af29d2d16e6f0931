from __future__ import annotations

from pathlib import Path

import pytest

from catalog_platform.errors import UsageError
from catalog_platform.pipeline.given_assembly import check_assembly


def test_a_folder_is_accepted(tmp_path: Path) -> None:
    check_assembly(tmp_path)


def test_anything_else_is_a_usage_error_with_the_command_that_makes_one(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for name in ("missing", "file"):
        with pytest.raises(UsageError, match=f"{name}: no such folder") as caught:
            check_assembly(tmp_path / name)
        assert f"catalogctl synth --out {tmp_path / name}" in caught.value.hint
