"""Writes function folders to bundle, and bundles."""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from catalog_platform import bundle as bundle_file

RIGHTS = ("access.sql", "reader_access.sql")
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


def write_bundle(path: Path, files: Mapping[str, str]) -> Path:
    """Write a bundle with these texts by name."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files.items():
            file = Path(folder) / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        bundle_file.pack(Path(folder), path)
    return path


def stub_files(name: str) -> dict[str, str]:
    """Return the files of a function's stub by name."""
    found = {f"{name}/handler.py": "def handle(event, context): ...\n"}
    if name == "schema_migrator":
        found |= {f"{name}/{rights}": "SELECT 2;\n" for rights in RIGHTS}
        found[f"{name}/migrations/0001_stub.sql"] = "SELECT 1;\n"
    return found


def unpacked(path: Path, folder: Path) -> Path:
    """Unpack a bundle into a folder, as Lambda does, and return the folder."""
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder)
    return folder


def names(path: Path) -> list[str]:
    """Return the names of the files in a bundle."""
    with zipfile.ZipFile(path) as archive:
        return archive.namelist()
