"""Locate the packages that contain PostgreSQL and Valkey."""

from __future__ import annotations

import sysconfig
from pathlib import Path

# The site-packages folder of the Python environment that runs this program.
FOLDER = Path(sysconfig.get_path("purelib"))
