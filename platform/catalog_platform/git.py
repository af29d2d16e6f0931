"""Run Git on a repository, without the caller's variables and configuration."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
from pathlib import Path

from catalog_platform import process, variables
from catalog_platform.errors import PlatformError, ToolError

TIMEOUT_SECONDS = 60.0
# https://git-scm.com/docs/git#_environment_variables
VARIABLES = {
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_TERMINAL_PROMPT": "0",
}
# The files have a default in the home folder. The first and the last option change the bytes of an
# archive, and the second one decides which new files are changes.
OPTIONS = (
    *("-c", f"core.attributesFile={os.devnull}"),
    *("-c", f"core.excludesFile={os.devnull}"),
    *("-c", "core.autocrlf=false"),
)


def git(root: Path, *arguments: str) -> str:
    """Run Git in the folder `root` and return its output.

    Only the repository's own configuration applies. Of the user's, the folders that may belong to
    somebody else (`safe.directory`) are kept. Raises `ToolError` when Git fails, `PlatformError`
    when it is not installed.
    """
    program = shutil.which("git")
    if program is None:
        raise PlatformError(
            "git was not found in PATH; it is needed to read commits", hint="install git"
        )
    inherited = variables.inherit()
    folders = _safe(program, tuple(sorted(inherited.items())))
    safe = [word for folder in folders for word in ("-c", f"safe.directory={folder}")]
    return process.run(
        [program, *OPTIONS, *safe, "-C", root, *arguments],
        timeout=TIMEOUT_SECONDS,
        environment={**inherited, **VARIABLES},
    )


@functools.cache
def _safe(program: str, environment: tuple[tuple[str, str], ...]) -> tuple[str, ...]:
    """Return the values of `safe.directory` in the configuration of the user and the system.

    They are asked once for each set of variables, because two more programs would run each time.
    """
    found: list[str] = []
    for scope in ("--system", "--global"):
        # Git exits with 1 when there is no value.
        with contextlib.suppress(ToolError):
            arguments = [program, "config", scope, "--null", "--get-all", "safe.directory"]
            output = process.run(
                arguments, timeout=TIMEOUT_SECONDS, cwd=Path("/"), environment=dict(environment)
            )
            found += output.split("\0")[:-1]
    return tuple(found)
