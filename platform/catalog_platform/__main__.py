"""`python -m catalog_platform` is `catalogctl`, and what is installed under that name."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line of this process; an interruption while it loads is none later on."""
    try:
        from catalog_platform import cli  # takes long enough for somebody to press Ctrl-C

        return cli.main()
    except KeyboardInterrupt:
        sys.stderr.write("catalogctl: interrupted\n")
        return 130


if __name__ == "__main__":
    sys.exit(main())
