from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog_platform.errors import PlatformError
from catalog_platform.release.attestation import (
    RECORD,
    assembly_digest,
    commit_of,
    remove,
    require,
    write,
)
from catalog_platform.release.commit import Commit
from support.permissions import forbid_listing


@pytest.fixture
def assembly(tmp_path: Path) -> Path:
    (tmp_path / "asset.1.zip").write_text("code")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "file").write_text("")
    (tmp_path / "catalog-dev.template.json").write_text("{}")
    return tmp_path


def test_a_scanned_assembly_is_attested_for_the_scanned_environments(
    assembly: Path,
) -> None:
    assert require_after_grant(assembly) == assembly_digest(assembly)


def require_after_grant(assembly: Path) -> str:
    write(assembly, ["dev"])
    return require(assembly, "dev")


@pytest.mark.parametrize("commit", [Commit("abc", clean=True), Commit("abc", clean=False), None])
def test_the_attestation_has_the_commit(assembly: Path, commit: Commit | None) -> None:
    write(assembly, ["dev"], commit)
    assert commit_of(assembly) == commit


@pytest.mark.parametrize("text", ["{}", "[]", "no JSON", '{"commit": {"id": "abc"}}'])
def test_a_commit_that_cannot_be_read_is_unknown(assembly: Path, text: str) -> None:
    assert commit_of(assembly) is None
    (assembly / RECORD).write_text(text)
    assert commit_of(assembly) is None


def test_an_assembly_that_was_never_scanned_is_refused(assembly: Path) -> None:
    with pytest.raises(PlatformError, match="was not scanned") as caught:
        require(assembly, "dev")
    assert "catalogctl scan dev" in caught.value.hint


def test_an_environment_that_was_left_out_of_the_scan_is_refused(assembly: Path) -> None:
    write(assembly, ["dev"])
    with pytest.raises(PlatformError, match="not for prod"):
        require(assembly, "prod")


@pytest.mark.parametrize(
    "changed", ["catalog-dev.template.json", "asset.1.zip", "folder/file", "new.json"]
)
def test_a_change_after_the_scan_is_refused(assembly: Path, changed: str) -> None:
    write(assembly, ["dev"])
    (assembly / changed).write_text("changed")
    with pytest.raises(PlatformError, match="was changed after the scan"):
        require(assembly, "dev")


def test_a_removed_file_is_a_change(assembly: Path) -> None:
    write(assembly, ["dev"])
    (assembly / "asset.1.zip").unlink()
    with pytest.raises(PlatformError, match="was changed after the scan"):
        require(assembly, "dev")


def test_the_locks_that_the_cdk_leaves_are_no_change(assembly: Path) -> None:
    write(assembly, ["dev"])
    (assembly / "read.4711.1.lock").write_text("")
    assert require(assembly, "dev")


@pytest.mark.parametrize("name", ["read.1.lock", RECORD])
def test_such_a_file_in_a_folder_is_a_part_of_the_assembly(assembly: Path, name: str) -> None:
    write(assembly, ["dev"])
    (assembly / "folder" / name).write_text("changed")
    with pytest.raises(PlatformError, match="was changed after the scan"):
        require(assembly, "dev")


def test_an_assembly_that_changes_during_the_scan_is_not_attested(assembly: Path) -> None:
    scanned = assembly_digest(assembly)
    (assembly / "catalog-dev.template.json").write_text("changed")
    with pytest.raises(PlatformError, match="was changed during the scan"):
        write(assembly, ["dev"], scanned=scanned)
    assert not (assembly / RECORD).exists()


def test_an_attestation_can_be_removed_if_there_is_one(assembly: Path) -> None:
    remove(assembly)
    write(assembly, ["dev"])
    remove(assembly)
    with pytest.raises(PlatformError, match="was not scanned"):
        require(assembly, "dev")


@given(content=st.binary(max_size=40))
def test_a_broken_attestation_is_refused_and_never_a_traceback(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    assembly = tmp_path_factory.mktemp("assembly")
    (assembly / RECORD).write_bytes(content)
    with pytest.raises(PlatformError, match="cannot be read"):
        require(assembly, "dev")


def test_an_assembly_that_cannot_be_listed_is_not_attested(
    assembly: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forbid_listing(monkeypatch, assembly / "folder")
    with pytest.raises(PlatformError, match="the attestation cannot be written: Permission denied"):
        write(assembly, ["dev"])
    assert [path.name for path in assembly.glob(f"{RECORD}*")] == []
