"""Ties a scan to the very bytes that were scanned: only a cleared assembly is deployed."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from catalog_platform import folders
from catalog_platform.errors import PlatformError

RECORD = "attestation.json"
# The CDK leaves these beside an assembly while it reads or writes it.
VOLATILE_SUFFIXES = (".lock",)


def digest(assembly: Path) -> str:
    """SHA-256 over the names and contents of everything in the assembly but its attestation."""
    total = hashlib.sha256()
    for path in _files(assembly):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(assembly).as_posix()}\0{content}\n".encode())
    return total.hexdigest()


def grant(assembly: Path, environments: Sequence[str]) -> str:
    """Record that the assembly, as it is now, was scanned clean for these environments.

    Raises `PlatformError` when it cannot be read in full or written to.
    """
    unfinished = assembly / f"{RECORD}.new"
    try:
        found = digest(assembly)
        record = {"digest": found, "environments": sorted(environments)}
        unfinished.write_text(json.dumps(record, indent=2) + "\n")
        os.replace(unfinished, assembly / RECORD)  # noqa: PTH105 - atomic on one file system
    except OSError as error:
        raise PlatformError(
            f"{assembly}: was scanned, but cannot be cleared for deployment: "
            f"{error.strerror or error}: {error.filename}",
            hint="scan a copy that you may read and write",
        ) from error
    return found


def require(assembly: Path, environment: str) -> str:
    """The digest of a cleared assembly.

    Raises `PlatformError` when it was never scanned, was scanned without this environment, or was
    changed since.
    """
    hint = f"catalogctl scan {environment} --assembly {assembly}"
    try:
        record = json.loads((assembly / RECORD).read_text())
        cleared, environments = record["digest"], record["environments"]
    except FileNotFoundError as error:
        raise PlatformError(f"{assembly}: was not scanned", hint=hint) from error
    except (ValueError, KeyError, TypeError) as error:
        raise PlatformError(f"{assembly}/{RECORD}: cannot be read", hint=hint) from error
    if environment not in environments:
        raise PlatformError(f"{assembly}: was scanned, but not for {environment}", hint=hint)
    found = digest(assembly)
    if found != cleared:
        raise PlatformError(
            f"{assembly}: was changed after the scan (sha256 {found[:12]}, scanned {cleared[:12]})",
            hint=hint,
        )
    return found


def _files(assembly: Path) -> Iterator[Path]:
    for path in folders.files_below(assembly):
        if path.name != RECORD and path.suffix not in VOLATILE_SUFFIXES:
            yield path
