"""Entry point of `python -m catalog_platform` and of the installed `catalogctl`."""

from __future__ import annotations

import os
import sys

INTERRUPTED = 130


def main() -> int:
    """Run the command line and return its exit code, 130 when it is interrupted."""
    try:
        from catalog_platform import variables

        # Before any other import: libraries read variables when they are imported.
        variables.remove_foreign()
        from catalog_platform import cli  # slow: Ctrl-C can arrive here

        code = cli.main()
    except KeyboardInterrupt:
        sys.stderr.write("catalogctl: interrupted\n")
        code = INTERRUPTED
    if code == INTERRUPTED:
        _mute_stderr_at_exit()
    return code


def _mute_stderr_at_exit() -> None:
    # Interrupted libraries print tracebacks while Python exits, for example about the Node.js
    # process that the same Ctrl-C ended. They don't help a user.
    sys.stderr.flush()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


if __name__ == "__main__":
    sys.exit(main())
