"""Synthesis of assemblies: atomic and reproducible."""

from __future__ import annotations

import hashlib
import json
import zlib
from pathlib import Path

import pytest

from catalog_platform.bundle import content_digest
from catalog_platform.errors import PlatformError, UsageError
from catalog_platform.infra.app import synthesise
from support.models import a_manifest
from support.synthesis import assembly_of, stub_bundles, templates_of

pytestmark = pytest.mark.synth

IMPOSSIBLE = {"cidr": "10.99.0.0/28", "subnet_prefix_length": 28}


def test_one_assembly_holds_a_stack_per_environment(tmp_path: Path) -> None:
    one, two = templates_of(
        tmp_path, a_manifest(environment={"name": "one"}), a_manifest(environment={"name": "two"})
    )
    assert one.assembly == two.assembly
    assert set(one.manifest["artifacts"]) >= {"catalog-one", "catalog-two"}


def test_equal_bundles_become_one_asset(tmp_path: Path) -> None:
    assembly = assembly_of(
        tmp_path, [a_manifest(environment={"name": name}) for name in ("one", "two")]
    )
    assert len(list(assembly.glob("asset.*.zip"))) == 4


def test_functions_are_deployed_from_a_file_named_by_its_content(tmp_path: Path) -> None:
    (template,) = templates_of(tmp_path, a_manifest())
    assets = json.loads((template.assembly / "catalog-sample.assets.json").read_text())["files"]
    zips = {name: each["source"] for name, each in assets.items() if "asset." in str(each)}
    assert len(zips) == 4
    for digest, source in zips.items():
        assert source == {"path": f"asset.{digest}.zip", "packaging": "file"}
        content = content_digest(template.assembly / source["path"])
        assert digest == hashlib.sha256(content.encode()).hexdigest()
    functions = template.all_of("AWS::Lambda::Function").values()
    assert {each["Code"]["S3Key"] for each in functions} == {f"{name}.zip" for name in zips}


def test_the_same_content_in_other_bytes_makes_the_same_template(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here,) = templates_of(tmp_path / "here", a_manifest())
    compressor = zlib.compressobj
    monkeypatch.setattr(zlib, "compressobj", lambda _level, *others: compressor(0, *others))
    (there,) = templates_of(tmp_path / "there", a_manifest())
    sizes = [
        [path.stat().st_size for path in sorted(each.assembly.glob("asset.*"))]
        for each in (here, there)
    ]
    assert sizes[0] != sizes[1]
    assert there.content == here.content


def test_synthesis_is_reproducible(
    tmp_path: Path,
) -> None:
    here = assembly_of(tmp_path / "here", [a_manifest()])
    there = assembly_of(tmp_path / "further" / "there", [a_manifest()])
    files = {path.relative_to(here) for path in here.rglob("*") if path.is_file()}
    assert files == {path.relative_to(there) for path in there.rglob("*") if path.is_file()}
    for file in files:
        assert (here / file).read_bytes() == (there / file).read_bytes(), file


def test_an_assembly_contains_no_local_paths(tmp_path: Path) -> None:
    assembly = assembly_of(tmp_path, [a_manifest()])
    for file in assembly.glob("*.json"):
        assert str(tmp_path) not in file.read_text(), file


def test_a_previous_assembly_is_replaced_completely(tmp_path: Path) -> None:
    bundles = stub_bundles(tmp_path / "bundles")
    out = tmp_path / "assembly"
    for name in ("earlier", "later"):
        synthesise({name: (a_manifest(environment={"name": name}), bundles)}, out)
    assert not list(out.glob("catalog-earlier*"))
    assert (out / "catalog-later.template.json").is_file()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["assembly", "bundles"]


def test_a_failed_synthesis_keeps_the_previous_assembly(
    tmp_path: Path,
) -> None:
    bundles = stub_bundles(tmp_path / "bundles")
    out = synthesise({"sample": (a_manifest(), bundles)}, tmp_path / "assembly")
    before = (out / "manifest.json").read_bytes()
    with pytest.raises(PlatformError, match=r"the CDK cannot synthesise sample: .*10\.99\.0\.0/28"):
        synthesise({"sample": (a_manifest(network=IMPOSSIBLE), bundles)}, out)
    assert (out / "manifest.json").read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["assembly", "bundles"]


def test_a_folder_with_other_content_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    bundles = stub_bundles(tmp_path / "bundles")
    with pytest.raises(UsageError, match="is not a cloud assembly"):
        synthesise({"sample": (a_manifest(), bundles)}, tmp_path)
    assert (tmp_path / "thesis.txt").read_text() == "years of work"


def test_a_file_is_not_replaced(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.write_text("")
    with pytest.raises(UsageError, match="is not a cloud assembly"):
        synthesise({"sample": (a_manifest(), stub_bundles(tmp_path / "bundles"))}, out)


def test_an_empty_folder_is_replaced(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    synthesise({"sample": (a_manifest(), stub_bundles(tmp_path / "bundles"))}, out)
    assert (out / "manifest.json").is_file()


def test_the_lock_of_the_cdk_command_line_is_kept(tmp_path: Path) -> None:
    out, bundles = tmp_path / "out", stub_bundles(tmp_path / "bundles")
    out.mkdir()
    for _ in range(2):
        (out / "synth.lock").write_text("7")
        synthesise({"sample": (a_manifest(), bundles)}, out)
        assert (out / "synth.lock").read_text() == "7"
        assert (out / "manifest.json").is_file()


def test_other_locks_are_content(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "poetry.lock").write_text("")
    with pytest.raises(UsageError, match="is not a cloud assembly"):
        synthesise({"sample": (a_manifest(), stub_bundles(tmp_path / "bundles"))}, out)
