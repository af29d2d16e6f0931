"""Two rehearsals of one environment."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from catalog_platform.errors import PlatformError
from catalog_platform.rehearsal.lock import only_rehearsal
from catalog_platform.rehearsal.versions import rehearsal_workspace, rehearsal_workspaces
from catalog_platform.workspace import Workspace

# Takes the lock, says so, and never gives it back.
HOLDER = """
import pathlib, sys, time
from catalog_platform.rehearsal.lock import only_rehearsal
from catalog_platform.workspace import Workspace
with only_rehearsal(Workspace(pathlib.Path(sys.argv[1]))):
    print("held", flush=True)
    time.sleep(600)
"""


def test_a_second_rehearsal_of_an_environment_is_refused_until_the_first_one_ends(
    tmp_path: Path,
) -> None:
    workspace = Workspace(tmp_path)
    home = rehearsal_workspace(workspace, "prod")
    command = [sys.executable, "-c", HOLDER, str(home.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:
        try:
            assert holder.stdout is not None
            assert holder.stdout.readline() == "held\n"
            with (
                pytest.raises(PlatformError, match="another rehearsal of prod runs") as caught,
                only_rehearsal(home),
            ):
                pytest.fail("two rehearsals ran")
            assert "git worktree add" in caught.value.hint
            with only_rehearsal(rehearsal_workspace(workspace, "dev")):
                pass
        finally:
            holder.kill()
    with only_rehearsal(home):
        assert rehearsal_workspaces(workspace) == ()
