"""Where a user without rights can work for root, and where a substitute is needed."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from catalog_platform.errors import PlatformError
from catalog_platform.local import unprivileged
from catalog_platform.local.unprivileged import (
    OWNER,
    Account,
    data_folder,
    program_folder,
    remove,
    sweep,
    withdraw,
    within_reach,
)

NOBODY = Account(65534, 65534)
MYSELF = Account(None, None)


@pytest.fixture(autouse=True)
def shelter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "shelter"
    folder.mkdir()
    monkeypatch.setattr(unprivileged, "ROOT_FALLBACK_DIR", folder)
    return folder


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """A folder that only its owner can enter."""
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o700)
    return folder


def test_whoever_works_for_themselves_needs_no_substitute(closed: Path) -> None:
    assert within_reach(closed / "data", MYSELF)
    assert data_folder(closed / "data", MYSELF) == closed / "data"


def test_a_folder_that_others_cannot_enter_has_a_substitute(closed: Path, shelter: Path) -> None:
    found = data_folder(closed / "data", NOBODY)
    assert found.is_relative_to(shelter)
    assert data_folder(closed / "data", NOBODY) == found
    assert data_folder(closed / "other", NOBODY) != found


def test_removing_the_data_removes_the_substitute(closed: Path, shelter: Path) -> None:
    data_folder(closed / "data", NOBODY).mkdir()
    remove(closed / "data", NOBODY)
    assert list(shelter.iterdir()) == []


def test_substitutes_of_deleted_workspaces_are_swept_unless_in_use(
    closed: Path, shelter: Path
) -> None:
    gone, used, kept = closed / "gone", closed / "used", closed / "kept"
    for folder in (gone, used, kept):
        folder.mkdir()
        data_folder(folder / "data", NOBODY).mkdir()
    (data_folder(used / "data", NOBODY) / "postmaster.pid").write_text(f"{os.getpid()}\n")
    (data_folder(gone / "data", NOBODY) / "postmaster.pid").write_text("999999999\n")
    gone.rmdir()
    used.rmdir()
    sweep()
    owners = {path.read_text(encoding="utf-8") for path in shelter.glob(f"*/{OWNER}")}
    assert owners == {str(used / "data"), str(kept / "data")}


def test_substitutes_of_other_users_are_left_alone(
    closed: Path, shelter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = closed / "gone"
    folder.mkdir()
    data_folder(folder / "data", NOBODY)
    folder.rmdir()
    monkeypatch.setattr(os, "geteuid", lambda: closed.stat().st_uid + 1)
    sweep()
    assert len(list(shelter.iterdir())) == 1
    monkeypatch.undo()
    monkeypatch.setattr(unprivileged, "ROOT_FALLBACK_DIR", shelter)
    sweep()
    assert list(shelter.iterdir()) == []


def test_what_cannot_be_looked_into_may_be_in_use(
    closed: Path, shelter: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: Path) -> bool:
        raise PermissionError

    folder = closed / "hidden"
    folder.mkdir()
    data_folder(folder / "data", NOBODY)
    with monkeypatch.context() as around:
        around.setattr(Path, "exists", refuse)
        sweep()
    assert len(list(shelter.iterdir())) == 1


@pytest.fixture
def installed(closed: Path) -> Path:
    """A package with a program in it, out of reach for others."""
    program = closed / "package" / "pginstall" / "bin" / "postgres"
    program.parent.mkdir(parents=True)
    shutil.copy2("/bin/sleep", program)
    return closed / "package"


def test_the_copy_of_a_program_is_swept_once_the_original_is_gone_or_another_one(
    installed: Path, shelter: Path
) -> None:
    copy = program_folder(installed, NOBODY)
    assert (copy / "pginstall" / "bin" / "postgres").exists()
    sweep()
    assert copy.exists()
    os.utime(installed / "pginstall" / "bin" / "postgres", (1, 1))
    sweep()
    assert not copy.exists()
    program_folder(installed, NOBODY)
    shutil.rmtree(installed)
    sweep()
    assert list(shelter.iterdir()) == []


def test_the_copy_of_a_program_that_runs_stays(installed: Path) -> None:
    copy = program_folder(installed, NOBODY)
    running = subprocess.Popen([copy / "pginstall" / "bin" / "postgres", "60"])
    try:
        withdraw(installed)
        shutil.rmtree(installed)
        sweep()
        assert copy.exists()
    finally:
        running.kill()
        running.wait()
    sweep()
    assert not copy.exists()


def test_the_copy_of_a_program_is_withdrawn_on_demand(installed: Path, shelter: Path) -> None:
    withdraw(installed)
    program_folder(installed, NOBODY)
    withdraw(installed)
    assert list(shelter.iterdir()) == []


def test_a_substitute_that_somebody_else_made_is_refused(closed: Path, shelter: Path) -> None:
    place = data_folder(closed / "data", NOBODY).parent
    remove(closed / "data", NOBODY)
    place.symlink_to(closed)
    with pytest.raises(PlatformError, match="belongs to somebody else"):
        data_folder(closed / "data", NOBODY)


def test_root_never_runs_a_server_as_root() -> None:
    if os.geteuid() == 0:
        assert unprivileged.account().user not in (None, 0)
    else:
        assert unprivileged.account() == MYSELF
