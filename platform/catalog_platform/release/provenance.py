"""Record from which commit and for which targets an assembly was synthesised.

The record is a file of the assembly, so an attestation covers it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from catalog_platform.errors import PlatformError
from catalog_platform.release.commit import Commit

FILE = "provenance.json"


@dataclass(frozen=True, slots=True)
class Provenance:
    """The commit, None if it is unknown, and the target of each environment by its name."""

    commit: Commit | None = None
    targets: Mapping[str, str] = field(default_factory=dict)


def write(assembly: Path, provenance: Provenance) -> None:
    """Write the record. Raises `PlatformError` when it can't be written."""
    record = {
        "commit": asdict(provenance.commit) if provenance.commit else None,
        "targets": dict(sorted(provenance.targets.items())),
    }
    try:
        (assembly / FILE).write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise PlatformError(f"{error.filename}: cannot be written: {error.strerror}") from error


def read(assembly: Path) -> Provenance:
    """Return the record of an assembly. Without one that can be read, nothing is known."""
    try:
        record = json.loads((assembly / FILE).read_text(encoding="utf-8"))
        found = record["commit"]
        commit = None if found is None else Commit(str(found["id"]), clean=found["clean"] is True)
        targets = {str(name): str(target) for name, target in record["targets"].items()}
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return Provenance()
    return Provenance(commit, targets)


def require_target(assembly: Path, environment: str, target: str) -> None:
    """Raise `PlatformError` unless the assembly was synthesised for this target."""
    found = read(assembly).targets.get(environment)
    if found != target:
        raise PlatformError(
            f"{assembly}: {environment} was synthesised for the target {found or 'unknown'}, and "
            f"is deployed to {target}",
            hint=f"synthesise it: catalogctl synth {environment} --target {target} --out "
            f"{assembly}, then scan it",
        )
