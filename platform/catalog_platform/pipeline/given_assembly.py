"""Check the assembly that a command is given."""

from __future__ import annotations

from pathlib import Path

from catalog_platform.errors import UsageError


def check_assembly(folder: Path) -> None:
    """Raise `UsageError` unless `folder`, the value of `--assembly`, is a folder."""
    if not folder.is_dir():
        raise UsageError(
            f"--assembly {folder}: no such folder",
            hint=f"synthesise an assembly: catalogctl synth --out {folder}",
        )
