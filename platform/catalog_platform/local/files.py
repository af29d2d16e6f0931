"""The files of an embedded AWS that it documents for other programs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from catalog_platform.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Files:
    """Paths below the folder of an embedded AWS."""

    home: Path

    @classmethod
    def of(cls, workspace: Workspace) -> Files:
        """Return the files of a workspace's embedded AWS."""
        return cls(workspace.state)

    @property
    def state(self) -> Path:
        """Processes, addresses and secrets of the current run; absent when nothing runs."""
        return self.home / "state.json"

    @property
    def children(self) -> Path:
        """Processes that the endpoint has started: servers of additional DB instances."""
        return self.home / "children.json"

    @property
    def incidents(self) -> Path:
        """Crashes of parts since the last start, one JSON object per line."""
        return self.home / "incidents.jsonl"

    @property
    def checkpoints(self) -> Path:
        """Checkpoints of the event source mappings."""
        return self.home / "data" / "aws" / "checkpoints.json"

    @property
    def logs(self) -> Path:
        """The folder of logs, one file per process."""
        return self.home / "logs"
