"""Copies of the data of running PostgreSQL servers, as RDS makes snapshots of volumes.

https://www.postgresql.org/docs/18/continuous-archiving.html#BACKUP-LOWLEVEL-BASE-BACKUP
"""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

import psycopg

# Of the running server, and contents that a start writes anew.
EXCLUDED_FILES = frozenset(("postmaster.pid", "postmaster.opts"))
EXCLUDED_CONTENTS = frozenset(
    ("pg_dynshmem", "pg_notify", "pg_replslot", "pg_serial", "pg_snapshots", "pg_subtrans")
)
LABEL, LOGS = "backup_label", "pg_wal"


def copy(url: str, target: Path) -> None:
    """Copy the data of a server, which keeps running, to a folder that does not exist.

    Raises `OSError` or `psycopg.Error` when the copy is not complete.
    """
    with psycopg.connect(url, autocommit=True, connect_timeout=10) as connection:
        row = connection.execute("select current_setting('data_directory')").fetchone()
        assert row is not None  # noqa: S101 - a setting has a value
        source = Path(row[0])
        # Forces full pages into the log until the backup stops; `true` asks for a checkpoint now.
        connection.execute("select pg_backup_start('snapshot', true)")
        shutil.copytree(source, target, ignore=_excluded, copy_function=_copy_file, symlinks=True)
        stopped = connection.execute("select labelfile from pg_backup_stop(false)").fetchone()
    assert stopped is not None  # noqa: S101 - the function returns a row
    # The logs up to the end of the backup make the copy consistent.
    shutil.copytree(
        source / LOGS, target / LOGS, copy_function=_copy_file, dirs_exist_ok=True, symlinks=True
    )
    (target / LABEL).write_text(stopped[0], encoding="utf-8")


def _excluded(folder: str, names: list[str]) -> set[str]:
    if Path(folder).name in EXCLUDED_CONTENTS:
        return set(names)
    return set(names) & EXCLUDED_FILES


def _copy_file(source: str, target: str) -> str:
    # Files of tables that are dropped meanwhile vanish.
    with contextlib.suppress(FileNotFoundError):
        shutil.copyfile(source, target)
    return target
