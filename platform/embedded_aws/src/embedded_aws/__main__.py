"""The command line: `python -m embedded_aws`."""

from __future__ import annotations

import sys

from embedded_aws import cli

if __name__ == "__main__":
    sys.exit(cli.main(sys.argv[1:]))
