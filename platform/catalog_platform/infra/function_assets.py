"""The bundles of the Lambda functions."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Bundles:
    """One zip file per function, with its package and dependencies at the top level.

    See `catalog_platform.bundle`.
    """

    inventory_processor: Path
    schema_migrator: Path
    failure_replayer: Path
    catalog_reader: Path
