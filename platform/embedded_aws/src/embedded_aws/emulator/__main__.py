"""Install the adapter and serve until SIGTERM."""

from __future__ import annotations

import sys
from pathlib import Path

from ministack import app

from embedded_aws.emulator import adapter
from embedded_aws.emulator.settings import Settings


def main() -> None:
    """Serve AWS on the port in GATEWAY_PORT; the settings file is the only argument."""
    adapter.install(Settings.load(Path(sys.argv[1])))
    sys.argv = sys.argv[:1]
    app.main()


if __name__ == "__main__":
    main()
