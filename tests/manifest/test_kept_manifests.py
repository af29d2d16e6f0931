"""Manifests that are kept from run to run."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import NoReturn

import msgspec
import pytest

import catalog_platform
from catalog_platform import content_cache
from catalog_platform.manifest import Manifests, kept_manifests
from catalog_platform.manifest.kept_manifests import KeptManifests, program_digest, program_files
from catalog_platform.model import Manifest
from catalog_platform.workspace import Workspace
from support.exceptions import NO_STANDBY, PRODUCTION, exception
from support.manifests import (
    FIXTURES,
    VALID,
    a_repository,
    findings_of,
    report_text,
    resolved_names,
)

CODE = Path(catalog_platform.__file__).parent


def the_file(workspace: Workspace) -> Path:
    """Return the only file of kept manifests."""
    (path,) = (workspace.build / "resolved").iterdir()
    return path


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("folder", ["valid", "invalid"])
@pytest.mark.parametrize("step", [6, pytest.param(1, marks=pytest.mark.exhaustive)])
def test_kept_manifests_have_the_same_findings_byte_for_byte(
    folder: str, step: int, tmp_path: Path
) -> None:
    neighbour = (FIXTURES / "neighbour.yaml").read_text()
    for path in sorted((FIXTURES / folder).glob("*.yaml"))[::step]:
        workspace = a_repository(
            tmp_path / path.stem, neighbour=neighbour, sample=path.read_bytes()
        )
        first = report_text(workspace, "sample")
        assert report_text(workspace, "sample") == first, path
        if folder == "invalid":  # as it is without kept manifests
            assert first == path.with_suffix(".txt").read_text()
        else:
            assert resolved_names(workspace) == [], path


@pytest.mark.usefixtures("kept")
def test_a_kept_manifest_is_the_same_and_is_not_resolved(tmp_path: Path) -> None:
    workspace = a_repository(tmp_path / "r", sample=VALID)
    (first,) = Manifests(workspace).check([])[0].values()
    assert resolved_names(workspace) == []
    manifests = Manifests(workspace)
    (again,) = manifests.check([])[0].values()
    assert (again, repr(again)) == (first, repr(first))
    assert manifests.resolve("sample")["network.cidr"].location.line == 6


@pytest.mark.usefixtures("kept")
def test_rules_between_kept_manifests_name_the_lines(tmp_path: Path) -> None:
    workspace = a_repository(tmp_path / "r", sample=VALID, a=VALID.replace("sample", "a"))
    first = report_text(workspace)
    assert "of sample (environments/sample.yaml:6:3)" in first
    assert resolved_names(workspace) == ["a", "sample"]
    assert report_text(workspace) == first


@pytest.mark.usefixtures("kept")
def test_a_note_is_not_kept_because_it_depends_on_the_date(tmp_path: Path) -> None:
    workspace = a_repository(tmp_path / "r", sample=PRODUCTION + NO_STANDBY + exception())
    assert [each.severity.value for each in findings_of(workspace)] == ["note"]
    assert resolved_names(workspace) == ["sample"]


@pytest.mark.usefixtures("kept")
def test_another_program_or_other_packages_keep_manifests_of_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = a_repository(tmp_path / "r", sample=VALID)
    Manifests(workspace).check([])
    monkeypatch.setattr(kept_manifests, "program_digest", lambda: "another")
    assert resolved_names(workspace) == ["sample"]
    monkeypatch.setattr(kept_manifests, "program_digest", program_digest)
    assert resolved_names(workspace) == []
    (tmp_path / "packages" / "new_package-1.0.dist-info").mkdir(parents=True)
    monkeypatch.syspath_prepend(tmp_path / "packages")
    assert resolved_names(workspace) == ["sample"]


@pytest.mark.parametrize(
    "file", ["manifest/checks/cache.py", "manifest/aws/regions.json", "model/cache.py"]
)
def test_an_edit_of_the_program_changes_its_digest(file: str, tmp_path: Path) -> None:
    for path in program_files(CODE):
        copy = tmp_path / path.relative_to(CODE)
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_bytes(path.read_bytes())
    assert program_digest.__wrapped__(tmp_path) == program_digest()
    with (tmp_path / file).open("a") as opened:
        opened.write("\n")
    assert program_digest.__wrapped__(tmp_path) != program_digest()


def test_the_program_is_all_that_resolves_manifests(tmp_path: Path) -> None:
    workspace = a_repository(tmp_path / "r", sample=VALID)
    code = (
        "import json, pathlib, sys\n"
        "from catalog_platform.manifest import Manifests\n"
        "from catalog_platform.workspace import Workspace\n"
        f"Manifests(Workspace(pathlib.Path({str(workspace.root)!r}))).check([])\n"
        "own = [each for each in sys.modules.items() if each[0].startswith('catalog_platform')]\n"
        "print(json.dumps([module.__file__ for _, module in own]))\n"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout
    files = {Path(each) for each in json.loads(loaded)} - {*program_files(CODE)}
    # They read, list and measure, whatever the manifests are.
    assert {each.name for each in files} == {"content_cache.py", "folders.py", "stages.py"}


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no msgpack",
        msgspec.msgpack.encode({"extends": {}, "manifests": {"a": 1}}),
        msgspec.msgpack.encode(["another form"]),
    ],
)
def test_a_file_with_another_content_is_not_used(
    content: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = a_repository(tmp_path / "r", sample=VALID)
    Manifests(workspace).check([])
    with monkeypatch.context() as patch:
        patch.setattr(msgspec.msgpack, "encode", lambda _: content)
        kept = KeptManifests(workspace)
        kept.keep_extended("0" * 64, ())
        kept.save()
    assert resolved_names(workspace) == ["sample"]
    assert resolved_names(workspace) == []


@pytest.mark.usefixtures("kept")
def test_a_damaged_file_is_not_used_and_is_replaced(tmp_path: Path) -> None:
    workspace = a_repository(tmp_path / "r", sample=VALID)
    Manifests(workspace).check([])
    path = the_file(workspace)
    whole = path.read_bytes()
    for damaged in (whole[:100], whole[:-1], whole[:200] + bytes([whole[200] ^ 1]) + whole[201:]):
        path.write_bytes(damaged)
        assert resolved_names(workspace) == ["sample"]
        assert resolved_names(workspace) == []


def test_a_manifest_of_another_form_is_not_used(tmp_path: Path) -> None:
    kept = KeptManifests(a_repository(tmp_path / "r", sample=VALID))
    kept._content.manifests["digest"] = msgspec.msgpack.encode({"environment": 1})
    assert kept.get("digest") is None
    assert "digest" not in kept._content.manifests


def a_manifest(tmp_path: Path) -> Manifest:
    return Manifests(a_repository(tmp_path / "m", sample=VALID)).load("sample")


@pytest.mark.usefixtures("kept")
def test_the_manifests_that_were_not_used_for_longest_leave_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    manifest = a_manifest(tmp_path)
    size = len(msgspec.msgpack.encode(manifest))
    monkeypatch.setattr(kept_manifests, "MAXIMUM_BYTES", 3 * size)
    monkeypatch.setattr(kept_manifests, "MAXIMUM_TEXTS", 2)
    workspace = a_repository(tmp_path / "r", sample=VALID)
    kept = KeptManifests(workspace)
    for name in ("1", "2", "3"):
        kept.keep(name, manifest)
        kept.keep_extended(name, (name,))
    assert kept.get("1") == manifest
    kept.keep("4", manifest)
    kept.save()
    again = KeptManifests(workspace)
    assert [again.get(name) is None for name in "1234"] == [False, True, False, False]
    assert [again.extended_by(name) for name in "123"] == [None, ("2",), ("3",)]


@pytest.mark.usefixtures("kept")
def test_processes_that_share_a_folder_leave_a_whole_file(tmp_path: Path) -> None:
    workspace, manifest = a_repository(tmp_path / "r", sample=VALID), a_manifest(tmp_path)
    one, other = KeptManifests(workspace), KeptManifests(workspace)
    one.keep("1", manifest)
    other.keep("2", manifest)
    one.save()
    other.save()
    again = KeptManifests(workspace)
    assert (again.get("1"), again.get("2")) == (None, manifest)


def test_few_environments_leave_no_file_nor_do_commands_that_deploy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = a_repository(tmp_path / "r", sample=VALID)
    Manifests(workspace, KeptManifests(workspace, on_disk=True)).check([])
    monkeypatch.setattr(kept_manifests, "FEWEST", 1)
    Manifests(workspace).check([])
    assert not workspace.build.exists()
    Manifests(workspace, KeptManifests(workspace, on_disk=True)).check([])
    assert the_file(workspace).is_file()


@pytest.mark.usefixtures("kept")
def test_nothing_is_written_when_nothing_is_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = a_repository(tmp_path / "r", sample=VALID)
    Manifests(workspace).check([])

    def fail(*_: object) -> NoReturn:
        raise AssertionError

    monkeypatch.setattr(content_cache.ContentCache, "write", fail)
    Manifests(workspace).check([])


@pytest.mark.usefixtures("kept")
def test_a_folder_that_cannot_be_written_is_no_error(tmp_path: Path) -> None:
    workspace = a_repository(tmp_path / "r", sample=VALID)
    workspace.build.write_text("")
    assert findings_of(workspace) == ()
