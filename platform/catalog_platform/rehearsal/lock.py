"""One rehearsal of an environment at a time: a second one would delete the first one's files."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator

from catalog_platform.errors import PlatformError
from catalog_platform.workspace import Workspace


@contextlib.contextmanager
def only_rehearsal(home: Workspace) -> Iterator[None]:
    """Hold a lock beside the folder of a rehearsal; it ends with this process, killed or not.

    Raises `PlatformError` while another process holds it.
    """
    home.root.parent.mkdir(parents=True, exist_ok=True)
    with home.root.with_name(f"{home.root.name}.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise PlatformError(
                f"another rehearsal of {home.root.name} runs in this checkout",
                hint="wait until it ends, or rehearse in another checkout: git worktree add DIR",
            ) from error
        yield
