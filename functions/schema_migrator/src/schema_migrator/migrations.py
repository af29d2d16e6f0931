"""Numbered SQL files, and their validation against the history. Pure, except for reading files."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from schema_migrator.statements import transaction_control

_NAME = re.compile(r"(?P<number>[0-9]{4})_[a-z0-9_]+\.sql", re.ASCII)
# Limits of a message: the number of rows it names, and the length of each name.
_MOST_NAMED = 5
_LONGEST_NAME = 80


class MigrationError(Exception):
    """The schema cannot be migrated; the message is shown with the failed deployment."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One migration, identified by its file name."""

    name: str
    sql: str

    @property
    def number(self) -> int:
        """Return the number, from 1."""
        return int(self.name[:4])

    @property
    def checksum(self) -> str:
        """Return the SHA-256 of the SQL text, in hexadecimal."""
        return hashlib.sha256(self.sql.encode()).hexdigest()

    def check(self) -> None:
        """Raise `MigrationError` when the text cannot run inside the migrator's transaction."""
        if "\x00" in self.sql:
            # libpq would send only the text before it.
            raise MigrationError(f"{self.name}: contains the character NUL; take it out")
        found = transaction_control(self.sql)
        if found:
            statements = ", ".join(f"{word} in line {line}" for line, word in found)
            raise MigrationError(
                f"{self.name}: {statements}: a migration runs in one transaction, which it must "
                "neither begin nor end; take these statements out"
            )


def bundled() -> tuple[Migration, ...]:
    """Return the migrations that this function ships."""
    with resources.as_file(resources.files("schema_migrator") / "migrations") as folder:
        return read(folder)


def read(folder: Path) -> tuple[Migration, ...]:
    """Read the migrations of a folder, numbered 0001, 0002, … without a gap.

    Raises `MigrationError` that names the file with a wrong name or number.
    """
    migrations = []
    for expected, path in enumerate(sorted(folder.glob("*.sql")), start=1):
        match = _NAME.fullmatch(path.name)
        if match is None:
            raise MigrationError(f"{path.name}: expected a name such as 0002_add_price.sql")
        if int(match["number"]) != expected:
            raise MigrationError(f"{path.name}: expected number {expected:04d} here")
        try:
            migrations.append(Migration(path.name, path.read_text("utf-8")))
        except UnicodeDecodeError as error:
            raise MigrationError(f"{path.name}: is not UTF-8: {error.reason}") from error
    return tuple(migrations)


def of_history(rows: Iterable[tuple[object, object]]) -> dict[str, str]:
    """Return name and checksum of each applied migration, from the rows of the history table.

    Raises `MigrationError` that names invalid rows.
    """
    found: dict[str, str] = {}
    invalid = []
    for name, checksum in rows:
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            invalid.append(f"{_quoted(name)} is not a migration's name such as 0002_add_price.sql")
        elif not isinstance(checksum, str):
            invalid.append(f"{name} has no checksum")
        elif name in found:
            invalid.append(f"{name} appears twice")
        else:
            found[name] = checksum
    if invalid:
        raise MigrationError(
            f"public.schema_migration: {_listed(invalid)}; the migrator does not write such rows: "
            "correct or delete the rows"
        )
    return found


def pending(migrations: Sequence[Migration], applied: Mapping[str, str]) -> tuple[Migration, ...]:
    """Return the migrations to apply, given name and checksum of the applied ones.

    A database with newer migrations is accepted: after a rollback, the previous version runs on
    the newer schema, which is compatible by convention. Otherwise the history is append-only:
    raises `MigrationError` when an applied migration was edited, is missing, or has a higher number
    than one to apply, or when a name is invalid.
    """
    for name in [*applied, *(migration.name for migration in migrations)]:
        if not _NAME.fullmatch(name):
            raise MigrationError(f"{_quoted(name)}: expected a name such as 0002_add_price.sql")
    known = {migration.name: migration for migration in migrations}
    newest = max((migration.number for migration in migrations), default=0)
    applied = {name: sum_ for name, sum_ in applied.items() if int(name[:4]) <= newest}
    missing = sorted(set(applied) - set(known))
    if missing:
        raise MigrationError(
            f"{_listed(missing)}: applied to this database but not among the files; "
            "restore it: the schema only moves forward"
        )
    edited = sorted(name for name, sum_ in applied.items() if known[name].checksum != sum_)
    if edited:
        raise MigrationError(
            f"{_listed(edited)}: edited after it was applied to this database; "
            "restore the file and put the change into a new migration"
        )
    rest = tuple(migration for migration in migrations if migration.name not in applied)
    late = sorted(name for name in applied if rest and name > rest[0].name)
    if late:
        raise MigrationError(
            f"{rest[0].name}: comes before {late[0]}, which is applied already; "
            "give it the next free number"
        )
    return rest


def _quoted(name: object) -> str:
    text = ascii(name)
    return text if len(text) <= _LONGEST_NAME else text[:_LONGEST_NAME] + "…"


def _listed(items: Sequence[str]) -> str:
    more = len(items) - _MOST_NAMED
    return ", ".join(items[:_MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
