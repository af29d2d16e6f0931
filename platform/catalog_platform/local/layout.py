"""Where the embedded AWS keeps what: one folder per workspace, nothing outside of it.

The only exception is PostgreSQL's data when root works in a folder that other users cannot enter;
see `catalog_platform.local.unprivileged`.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from catalog_platform.local import privacy, unprivileged
from catalog_platform.local.generation import Generation
from catalog_platform.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Layout:
    """Paths below `<workspace>/.local`."""

    home: Path

    @classmethod
    def of(cls, workspace: Workspace) -> Layout:
        """The layout of a workspace; nothing is created."""
        return cls(workspace.state)

    @property
    def generation(self) -> Generation:
        """The processes that work in this folder."""
        return Generation(self.home)

    @property
    def state(self) -> Path:
        """Processes, ports and passwords of what runs now; gone when nothing runs."""
        return self.home / "state.json"

    @property
    def children(self) -> Path:
        """Servers that the emulator started: one per further database instance."""
        return self.home / "children.json"

    @property
    def incidents(self) -> Path:
        """What ended by itself since the last start, one JSON object per line."""
        return self.home / "incidents.jsonl"

    @property
    def data(self) -> Path:
        """Everything that survives a stop."""
        return self.home / "data"

    @property
    def checkpoints(self) -> Path:
        """How far each event source mapping has come."""
        return self.data / "aws" / "checkpoints.json"

    @property
    def databases(self) -> Path:
        """Servers of further database instances, a folder each."""
        return self.data / "databases"

    @property
    def memory(self) -> Path:
        """Ports and passwords, kept with the data that was made under them."""
        return self.data / "memory.json"

    @property
    def logs(self) -> Path:
        """One file per process, begun anew at each start."""
        return self.home / "logs"

    @property
    def scratch(self) -> Path:
        """Unpacked functions and other files that die with the processes."""
        return self.home / "scratch"

    def log(self, part: str) -> Path:
        """The log file of one process."""
        return self.logs / f"{part}.log"

    def create(self) -> None:
        """Make the folders, and close to other users what is in them.

        The user that root runs PostgreSQL as may pass through the two above its data.
        """
        for folder in (self.home, self.data):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        privacy.close(self.home)
        for folder in (self.home, self.data):
            unprivileged.let_through(folder, unprivileged.account())
        self.incidents.unlink(missing_ok=True)
        shutil.rmtree(self.logs, ignore_errors=True)
        for folder in (self.logs, self.scratch):
            folder.mkdir(mode=0o700, exist_ok=True)
            folder.chmod(0o700)


def write_private(path: Path, text: str) -> None:
    """Replace a file in one step; only its owner can read it, from its first byte on."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
