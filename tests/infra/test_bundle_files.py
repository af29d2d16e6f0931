from __future__ import annotations

import json
from pathlib import Path

import pytest

from catalog_platform.infra import bundle_files

# Any letters, because asset files are written by another program.
FOLDER = 'bündel \\ and "more"'


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    """An assembly whose assets are a bundle in another folder and a file of its own."""
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / "reader.zip").write_text("code")
    made = tmp_path / "out"
    made.mkdir()
    files = {
        "abc": {"source": {"path": str(tmp_path / FOLDER / "reader.zip"), "packaging": "file"}},
        "def": {"source": {"path": "catalog-dev.template.json", "packaging": "file"}},
    }
    for name in ("dev", "prod"):
        text = json.dumps({"version": "1", "files": files}, indent=1, ensure_ascii=False)
        (made / f"catalog-{name}.assets.json").write_text(text, encoding="utf-8")
    return made


def assets(assembly: Path, name: str) -> dict[str, object]:
    found: dict[str, object] = json.loads((assembly / f"catalog-{name}.assets.json").read_text())
    return found


def test_each_stack_names_the_bundle_within_the_assembly(assembly: Path, tmp_path: Path) -> None:
    bundle_files.add(assembly)
    for name in ("dev", "prod"):
        assert assets(assembly, name) == {
            "version": "1",
            "files": {
                "abc": {"source": {"path": "asset.abc.zip", "packaging": "file"}},
                "def": {"source": {"path": "catalog-dev.template.json", "packaging": "file"}},
            },
        }
    assert (assembly / "asset.abc.zip").samefile(tmp_path / FOLDER / "reader.zip")
    assert len(list(assembly.iterdir())) == 3


def test_an_assembly_that_has_its_bundles_is_left_as_it_is(assembly: Path) -> None:
    bundle_files.add(assembly)
    before = {path.name: path.read_bytes() for path in assembly.iterdir()}
    bundle_files.add(assembly)
    assert {path.name: path.read_bytes() for path in assembly.iterdir()} == before
