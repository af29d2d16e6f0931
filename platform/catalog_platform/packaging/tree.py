"""Prune an installed tree, so that bundles are small and reproducible."""

from __future__ import annotations

import shutil
from pathlib import Path

# The installer's metadata files, which differ between machines.
_INSTALLER_RECORDS = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json")

# Files that are needed to compile or to check types, but not at run time.
_NOT_RUN = frozenset({".pyi", ".pyx", ".pxd", ".c", ".h"})


def prune(root: Path, services: frozenset[str]) -> None:
    """Remove files that a bundle doesn't need.

    Console scripts contain the path of the building interpreter. The API descriptions of AWS
    services that the function doesn't call are 80 % of botocore.
    """
    shutil.rmtree(root / "bin", ignore_errors=True)
    (root / ".lock").unlink(missing_ok=True)
    for record in _INSTALLER_RECORDS:
        for path in root.glob(f"*.dist-info/{record}"):
            path.unlink()
    for folder in sorted(root.rglob("__pycache__")):
        shutil.rmtree(folder)
    for path in sorted(root.rglob("*")):
        if path.suffix in _NOT_RUN and path.is_file():
            path.unlink()
    for folder in sorted(root.glob("botocore/data/*/")):
        if folder.is_dir() and folder.name not in services:
            shutil.rmtree(folder)


def missing_services(root: Path, services: frozenset[str]) -> list[str]:
    """Return the declared services that the installed botocore doesn't describe."""
    data = root / "botocore" / "data"
    return sorted(service for service in services if not (data / service).is_dir())
