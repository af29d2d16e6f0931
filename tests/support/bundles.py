"""Writes function folders to bundle, and computes fingerprints of bundles."""

from __future__ import annotations

import hashlib
import stat
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENT = """\
six==1.17.0 \\
    --hash=sha256:4721f391ed90541fddacab5acf947aa0d3dc7d27b2e1e8eda2be8970586c3274
"""


def write_function(folder: Path, *, requirements: str = "", bundle: str = "") -> Path:
    """Write a function `greeter` with pinned requirements and `bundle.toml`; default: none."""
    function = folder / "functions" / "greeter"
    package = function / "src" / "greeter"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "handler.py").write_text("def handle(event, context):\n    return 'hello'\n")
    (function / "requirements.txt").write_text(requirements)
    if bundle:
        (function / "bundle.toml").write_text(bundle)
    return function


def share(root: Path) -> None:
    """Share this repository's bundles, which are named by content, with a copy of it."""
    shared = ROOT / "build" / "bundles"
    shared.mkdir(parents=True, exist_ok=True)
    (root / "build").mkdir(exist_ok=True)
    (root / "build" / "bundles").symlink_to(shared)


def fingerprint(tree: Path) -> str:
    """Return the SHA-256 of names, modes, times and content of all files below a folder."""
    total = hashlib.sha256()
    for path in sorted(tree.rglob("*")):
        found = path.stat()
        name = path.relative_to(tree).as_posix()
        total.update(f"{name}\0{stat.S_IMODE(found.st_mode):o}\0{int(found.st_mtime)}\0".encode())
        if path.is_file():
            total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()
