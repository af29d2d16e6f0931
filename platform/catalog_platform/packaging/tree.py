"""Makes an installed tree small and reproducible."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

# 1980-01-01, the earliest time a zip archive can hold.
TIMESTAMP = 315532800

# What the installer writes about itself; it differs between machines.
_INSTALLER_RECORDS = ("RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "uv_cache.json")

# Needed to compile or to check types, never to run.
_NOT_RUN = frozenset({".pyi", ".pyx", ".pxd", ".c", ".h"})


def prune(root: Path, services: frozenset[str]) -> None:
    """Remove what does not belong into a bundle.

    Console scripts carry the builder's interpreter path; API descriptions of AWS services that
    the function does not call are four fifths of botocore.
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
    """The declared services that the installed botocore has no description of."""
    data = root / "botocore" / "data"
    return sorted(service for service in services if not (data / service).is_dir())


def normalise(root: Path) -> None:
    """Give every file and folder the same time and mode, whatever the builder's umask."""
    for path in (root, *root.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
        os.utime(path, (TIMESTAMP, TIMESTAMP))
