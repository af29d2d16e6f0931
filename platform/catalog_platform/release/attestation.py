"""Attest that an assembly was scanned, which a deployment requires.

The attestation holds a digest of the assembly, so a later change invalidates it.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from catalog_platform import folders
from catalog_platform.errors import PlatformError
from catalog_platform.release.commit import Commit

RECORD = "attestation.json"
# Lock files that the CDK creates while it reads or writes an assembly.
VOLATILE_SUFFIXES = (".lock",)


def assembly_digest(assembly: Path) -> str:
    """Return the SHA-256 of all file names and contents of the assembly but its attestation.

    The CDK's lock files are left out too. Raises `OSError` when a file can't be read.
    """
    total = hashlib.sha256()
    for path in _files(assembly):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        total.update(f"{path.relative_to(assembly).as_posix()}\0{content}\n".encode())
    return total.hexdigest()


def write(
    assembly: Path,
    environments: Sequence[str],
    commit: Commit | None = None,
    *,
    scanned: str | None = None,
) -> str:
    """Attest that the assembly passed the scan for these environments; return its digest.

    `commit` is what the assembly is made from, None if it is unknown. `scanned` is the digest from
    before the scan. Raises `PlatformError` when it is another one now, or the assembly cannot be
    read in full or written to.
    """
    unfinished = assembly / f"{RECORD}.new"
    try:
        found = assembly_digest(assembly)
        if found != (scanned or found):
            raise PlatformError(f"{assembly}: was changed during the scan", hint="scan it again")
        record = {
            "digest": found,
            "environments": sorted(environments),
            "commit": asdict(commit) if commit else None,
        }
        unfinished.write_text(json.dumps(record, indent=2) + "\n")
        os.replace(unfinished, assembly / RECORD)  # noqa: PTH105 - atomic on one file system
    except OSError as error:
        raise PlatformError(
            f"{assembly}: was scanned, but the attestation cannot be written: "
            f"{error.strerror or error}: {error.filename}",
            hint="scan a copy of the assembly in a folder that you can write to",
        ) from error
    return found


def remove(assembly: Path) -> None:
    """Remove the attestation of an assembly, if it has one."""
    (assembly / RECORD).unlink(missing_ok=True)


def require(assembly: Path, environment: str) -> str:
    """Check the attestation of an assembly, and return its digest.

    Raises `PlatformError` when the assembly was not scanned, was scanned without this environment,
    or was changed after the scan.
    """
    hint = f"scan it: catalogctl scan {environment} --assembly {assembly}"
    try:
        record = json.loads((assembly / RECORD).read_text())
        attested, environments = record["digest"], record["environments"]
    except FileNotFoundError as error:
        raise PlatformError(f"{assembly}: was not scanned", hint=hint) from error
    except (ValueError, KeyError, TypeError) as error:
        raise PlatformError(f"{assembly}/{RECORD}: cannot be read", hint=hint) from error
    if environment not in environments:
        raise PlatformError(f"{assembly}: was scanned, but not for {environment}", hint=hint)
    found = assembly_digest(assembly)
    if found != attested:
        raise PlatformError(
            f"{assembly}: was changed after the scan "
            f"(sha256 {found[:12]}, scanned {attested[:12]})",
            hint=hint,
        )
    return found


def commit_of(assembly: Path) -> Commit | None:
    """Return the commit that an attested assembly is made from, or None if it is unknown."""
    try:
        found = json.loads((assembly / RECORD).read_text())["commit"]
        return Commit(str(found["id"]), clean=found["clean"] is True)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _files(assembly: Path) -> Iterator[Path]:
    for path in folders.files_below(assembly):
        # In folders, such files belong to an asset.
        is_volatile = path.name == RECORD or path.suffix in VOLATILE_SUFFIXES
        if not (is_volatile and path.parent == assembly):
            yield path
