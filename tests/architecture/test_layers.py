"""The import contracts of pyproject.toml hold."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

BIN = Path(sys.prefix) / "bin"


def test_imports_go_one_way(repository):
    finished = subprocess.run(
        [BIN / "lint-imports", "--no-cache"],
        cwd=repository.root,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
    assert "0 broken" in finished.stdout
