"""The built code that a stack's functions run."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Bundles:
    """One ready-made directory per function: its package at the top, its dependencies beside."""

    inventory_processor: Path
    schema_migrator: Path
    failure_replayer: Path
    catalog_reader: Path
