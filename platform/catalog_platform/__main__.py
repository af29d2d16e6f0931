"""`python -m catalog_platform` is `catalogctl`, and what is installed under that name."""

from __future__ import annotations

import os
import sys

INTERRUPTED = 130


def main() -> int:
    """Run the command line of this process; an interruption while it loads is none later on."""
    try:
        from catalog_platform import cli  # takes long enough for somebody to press Ctrl-C

        code = cli.main()
    except KeyboardInterrupt:
        sys.stderr.write("catalogctl: interrupted\n")
        code = INTERRUPTED
    if code == INTERRUPTED:
        _mute_stderr_at_exit()
    return code


def _mute_stderr_at_exit() -> None:
    # Libraries that were interrupted halfway complain of it while Python ends: of the Node.js that
    # the same key press has ended, for one. A user has nothing to learn from it.
    sys.stderr.flush()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


if __name__ == "__main__":
    sys.exit(main())
