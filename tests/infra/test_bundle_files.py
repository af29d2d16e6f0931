from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from catalog_platform.infra import bundle_files


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    """An assembly whose assets are a bundle in another folder and a file of its own."""
    (tmp_path / "bundle" / "package").mkdir(parents=True)
    (tmp_path / "bundle" / "package" / "handler.py").write_text("code")
    made = tmp_path / "out"
    made.mkdir()
    files = {
        "abc": {"source": {"path": str(tmp_path / "bundle"), "packaging": "zip"}},
        "def": {"source": {"path": "catalog-dev.template.json", "packaging": "file"}},
    }
    for name in ("dev", "prod"):
        (made / f"catalog-{name}.assets.json").write_text(json.dumps({"files": files}, indent=1))
    return made


def paths(assembly: Path) -> list[list[str]]:
    """Return the paths of the assets of each stack."""
    return [
        [asset["source"]["path"] for asset in json.loads(file.read_text())["files"].values()]
        for file in sorted(assembly.glob("*.assets.json"))
    ]


def test_each_stack_names_the_bundle_within_the_assembly(assembly: Path) -> None:
    bundle_files.add(assembly)
    assert paths(assembly) == [["asset.abc", "catalog-dev.template.json"]] * 2
    assert (assembly / "asset.abc" / "package" / "handler.py").read_text() == "code"


def test_files_are_links_and_copies_where_links_are_impossible(
    assembly: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = tmp_path / "bundle" / "package" / "handler.py"
    bundle_files.add(assembly)
    assert (assembly / "asset.abc" / "package" / "handler.py").samefile(original)

    def refuse(_source: str, _target: str) -> None:
        raise OSError("another file system")

    monkeypatch.setattr(os, "link", refuse)
    other = tmp_path / "other"
    other.mkdir()
    text = (assembly / "catalog-dev.assets.json").read_text()
    text = text.replace('"asset.abc"', json.dumps(str(tmp_path / "bundle")))
    (other / "catalog-dev.assets.json").write_text(text)
    bundle_files.add(other)
    copy = other / "asset.abc" / "package" / "handler.py"
    assert copy.read_text() == "code"
    assert not copy.samefile(original)
