"""Where an unprivileged user can work for root, and where it needs a fallback folder."""

from __future__ import annotations

import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from embedded_aws.errors import EmbeddedAwsError
from embedded_aws.servers import unprivileged
from embedded_aws.servers.unprivileged import (
    FALLBACK_MARKER,
    Account,
    data_folder,
    is_reachable,
    program_folder,
    remove,
    remove_copy,
    remove_orphans,
)

NOBODY = Account(65534, 65534)
CURRENT_USER = Account(None, None)


@pytest.fixture(autouse=True)
def fallback_dir(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "fallback_dir"
    folder.mkdir()
    monkeypatch.setattr(unprivileged, "ROOT_FALLBACK_DIR", folder)
    return folder


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """A folder that only its owner can enter."""
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o700)
    return folder


def test_an_ordinary_user_needs_no_fallback(closed: Path) -> None:
    assert is_reachable(closed / "data", CURRENT_USER)
    assert data_folder(closed / "data", CURRENT_USER) == closed / "data"


def test_an_inaccessible_folder_has_a_fallback(closed: Path, fallback_dir: Path) -> None:
    found = data_folder(closed / "data", NOBODY)
    assert found.is_relative_to(fallback_dir)
    assert data_folder(closed / "data", NOBODY) == found
    assert data_folder(closed / "other", NOBODY) != found


def test_removing_the_data_removes_the_fallback(closed: Path, fallback_dir: Path) -> None:
    data_folder(closed / "data", NOBODY).mkdir()
    remove(closed / "data", NOBODY)
    assert list(fallback_dir.iterdir()) == []


def test_fallbacks_of_deleted_workspaces_are_removed_unless_in_use(
    closed: Path, fallback_dir: Path
) -> None:
    gone, used, kept = closed / "gone", closed / "used", closed / "kept"
    for folder in (gone, used, kept):
        folder.mkdir()
        data_folder(folder / "data", NOBODY).mkdir()
    (data_folder(used / "data", NOBODY) / "postmaster.pid").write_text(f"{os.getpid()}\n")
    (data_folder(gone / "data", NOBODY) / "postmaster.pid").write_text("999999999\n")
    gone.rmdir()
    used.rmdir()
    remove_orphans()
    owners = {
        path.read_text(encoding="utf-8") for path in fallback_dir.glob(f"*/{FALLBACK_MARKER}")
    }
    assert owners == {str(used / "data"), str(kept / "data")}


def test_fallbacks_of_other_users_are_ignored(
    closed: Path, fallback_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = closed / "gone"
    folder.mkdir()
    data_folder(folder / "data", NOBODY)
    folder.rmdir()
    monkeypatch.setattr(os, "geteuid", lambda: closed.stat().st_uid + 1)
    remove_orphans()
    assert len(list(fallback_dir.iterdir())) == 1
    monkeypatch.undo()
    monkeypatch.setattr(unprivileged, "ROOT_FALLBACK_DIR", fallback_dir)
    remove_orphans()
    assert list(fallback_dir.iterdir()) == []


def test_a_fallback_of_an_unreadable_folder_is_kept(
    closed: Path, fallback_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: Path) -> bool:
        raise PermissionError

    folder = closed / "hidden"
    folder.mkdir()
    data_folder(folder / "data", NOBODY)
    with monkeypatch.context() as around:
        around.setattr(Path, "exists", refuse)
        remove_orphans()
    assert len(list(fallback_dir.iterdir())) == 1


@pytest.fixture
def installed(closed: Path) -> Path:
    """A package with a program that other users cannot access."""
    program = closed / "package" / "pginstall" / "bin" / "postgres"
    program.parent.mkdir(parents=True)
    shutil.copy2("/bin/sleep", program)
    return closed / "package"


def test_the_copy_of_a_program_is_removed_when_the_original_changes(
    installed: Path, fallback_dir: Path
) -> None:
    copy = program_folder(installed, NOBODY)
    assert (copy / "pginstall" / "bin" / "postgres").exists()
    remove_orphans()
    assert copy.exists()
    os.utime(installed / "pginstall" / "bin" / "postgres", (1, 1))
    remove_orphans()
    assert not copy.exists()
    program_folder(installed, NOBODY)
    shutil.rmtree(installed)
    remove_orphans()
    assert list(fallback_dir.iterdir()) == []


def test_the_copy_of_a_running_program_is_kept(installed: Path) -> None:
    copy = program_folder(installed, NOBODY)
    running = subprocess.Popen([copy / "pginstall" / "bin" / "postgres", "60"])
    try:
        remove_copy(installed)
        shutil.rmtree(installed)
        remove_orphans()
        assert copy.exists()
    finally:
        running.kill()
        running.wait()
    remove_orphans()
    assert not copy.exists()


def test_starts_at_the_same_time_share_one_copy(installed: Path) -> None:
    libraries = installed.with_name(f"{installed.name}.libs")
    libraries.mkdir()
    (libraries / "library").write_bytes(b"x" * 2**20)
    with ThreadPoolExecutor() as pool:
        made = [pool.submit(program_folder, installed, NOBODY) for _ in range(4)]
        (copy,) = {each.result() for each in made}
    assert sorted(path.name for path in copy.parent.iterdir() if path.is_dir()) == [
        "package",
        "package.libs",
    ]


def test_the_copy_of_a_program_can_be_removed(installed: Path, fallback_dir: Path) -> None:
    remove_copy(installed)
    program_folder(installed, NOBODY)
    remove_copy(installed)
    assert list(fallback_dir.iterdir()) == []


def test_a_fallback_created_by_another_user_is_refused(closed: Path, fallback_dir: Path) -> None:
    fallback = data_folder(closed / "data", NOBODY).parent
    remove(closed / "data", NOBODY)
    fallback.symlink_to(closed)
    with pytest.raises(EmbeddedAwsError, match="belongs to another user"):
        data_folder(closed / "data", NOBODY)


def test_root_never_runs_a_server_as_root() -> None:
    if os.geteuid() == 0:
        assert unprivileged.account().user not in (None, 0)
    else:
        assert unprivileged.account() == CURRENT_USER
