"""File layout of an embedded AWS: everything is below one folder, its home.

PostgreSQL's data is outside of that folder only when root works where other users have no access;
see `embedded_aws.servers.unprivileged`. The README says which files other programs may read.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from embedded_aws.servers import privacy, unprivileged
from embedded_aws.servers.run_processes import RunProcesses


@dataclass(frozen=True, slots=True)
class Layout:
    """Paths below the folder of an embedded AWS."""

    home: Path

    @property
    def run(self) -> RunProcesses:
        """The processes that work in this folder."""
        return RunProcesses(self.home)

    @property
    def state(self) -> Path:
        """Processes, ports and passwords of the current run; absent when nothing runs."""
        return self.home / "state.json"

    @property
    def children(self) -> Path:
        """Servers that the emulator has started: one per additional database instance."""
        return self.home / "children.json"

    @property
    def incidents(self) -> Path:
        """Crashes of parts since the last start, one JSON object per line."""
        return self.home / "incidents.jsonl"

    @property
    def data(self) -> Path:
        """Data that is kept after a stop."""
        return self.home / "data"

    @property
    def checkpoints(self) -> Path:
        """Checkpoints of the event source mappings."""
        return self.data / "aws" / "checkpoints.json"

    @property
    def databases(self) -> Path:
        """Servers of additional database instances, one folder each."""
        return self.data / "databases"

    @property
    def run_settings(self) -> Path:
        """Ports and secrets of the last run, kept with the data that depends on them."""
        return self.data / "memory.json"

    @property
    def logs(self) -> Path:
        """One file per process, recreated at each start."""
        return self.home / "logs"

    @property
    def scratch(self) -> Path:
        """Temporary files, such as unpacked functions; removed by a stop."""
        return self.home / "scratch"

    def log(self, part: str) -> Path:
        """The log file of one process."""
        return self.logs / f"{part}.log"

    def create(self) -> None:
        """Create the folders and deny other users access to their contents.

        The user that runs PostgreSQL for root may traverse the two folders above its data.
        """
        for folder in (self.home, self.data):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        privacy.remove_access_of_others(self.home)
        for folder in (self.home, self.data):
            unprivileged.allow_traversal(folder, unprivileged.account())
        self.incidents.unlink(missing_ok=True)
        shutil.rmtree(self.logs, ignore_errors=True)
        for folder in (self.logs, self.scratch):
            folder.mkdir(mode=0o700, exist_ok=True)
            folder.chmod(0o700)


def write_private(path: Path, text: str) -> None:
    """Replace a file atomically; it is readable by its owner only from the first byte on."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
