"""A PostgreSQL for each DB instance: the launcher's for the first, further ones as needed.

Two instances share nothing then, as on RDS: the same database name in two environments, or an
instance and its replacement, do not meet.
"""

from __future__ import annotations

import json
import secrets
import sysconfig
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from catalog_platform.local import ports, postgres, processes, unprivileged
from catalog_platform.local.emulator.settings import Settings
from catalog_platform.local.generation import Generation
from catalog_platform.local.layout import write_private
from catalog_platform.local.postgres import Cluster
from catalog_platform.local.state import Part, read_children, update_children

MAIN = "main"
READY_SECONDS = 30.0

# As on RDS: members of rds_iam log in by token, and the master user decides who is one.
_RDS_ROLES = """
do $$ begin
    if to_regrole('rds_iam') is null then
        create role rds_iam nologin;
        create role rds_superuser nologin;
        grant rds_iam to rds_superuser with admin option;
    end if;
end $$
"""
_ROLES_MADE_BY = """
select made.rolname from pg_auth_members
join pg_roles made on made.oid = roleid join pg_roles maker on maker.oid = member
where maker.rolname = %s and admin_option
"""


@dataclass(frozen=True, slots=True)
class Server:
    """One PostgreSQL, as its administrator sees it."""

    name: str
    url: str

    @property
    def port(self) -> int:
        """The TCP port."""
        return urlsplit(self.url).port or 0

    def free_for(self, database: str, owner: str) -> bool:
        """Whether neither database nor role exist."""
        with self.connect() as connection:
            return (
                connection.execute(
                    "select from pg_roles where rolname = %s"
                    " union all select from pg_database where datname = %s",
                    [owner, database],
                ).fetchone()
                is None
            )

    def create(self, database: str, owner: str, password: str) -> None:
        """Make role and database, both new, with the rights of RDS's master user.

        It may let other roles log in by IAM token: see `database_tokens`.
        """
        with self.connect() as connection:
            connection.execute(_RDS_ROLES)
            connection.execute(
                sql.SQL("create role {} login createdb createrole password {}").format(
                    sql.Identifier(owner), sql.Literal(verifier(connection, owner, password))
                )
            )
            connection.execute(sql.SQL("grant rds_superuser to {}").format(sql.Identifier(owner)))
            connection.execute(
                sql.SQL("create database {} owner {}").format(
                    sql.Identifier(database), sql.Identifier(owner)
                )
            )

    def set_password(self, role: str, password: str) -> None:
        """Give a role another password."""
        with self.connect() as connection:
            connection.execute(
                sql.SQL("alter role {} password {}").format(
                    sql.Identifier(role), sql.Literal(verifier(connection, role, password))
                )
            )

    def drop(self, database: str, owner: str) -> None:
        """Remove a database with its data, and its owner with whatever else is the owner's."""
        with self.connect() as connection:
            made = connection.execute(_ROLES_MADE_BY, [owner]).fetchall()
            owned = connection.execute(
                "select datname from pg_database join pg_roles r on datdba = r.oid"
                " where rolname = %s or datname = %s",
                [owner, database],
            ).fetchall()
            for (name,) in owned:
                connection.execute(
                    sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
                )
            for (role,) in [*made, (owner,)]:
                connection.execute(sql.SQL("drop role if exists {}").format(sql.Identifier(role)))

    def keep(self, database: str, owner: str) -> None:
        """Free the names of a database, its owner and the roles that the owner made.

        The data stay under other names.
        """
        mark = f"{int(time.time())}-{secrets.token_hex(2)}"
        with self.connect() as connection:
            made = connection.execute(_ROLES_MADE_BY, [owner]).fetchall()
            roles = [("role", role) for (role,) in [*made, (owner,)]]
            for kind, name in (("database", database), *roles):
                connection.execute(
                    "select pg_terminate_backend(pid) from pg_stat_activity where datname = %s",
                    [database],
                )
                connection.execute(
                    sql.SQL(f"alter {kind} {{}} rename to {{}}").format(
                        sql.Identifier(name), sql.Identifier(f"{name}-snapshot-{mark}")
                    )
                )

    def connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        """A connection of the administrator. Raises `psycopg.Error`."""
        return psycopg.connect(self.url, autocommit=True, connect_timeout=10)


def verifier(connection: psycopg.Connection[Any], role: str, password: str) -> str:
    """What PostgreSQL stores of a password: a statement that fails is logged as it was sent."""
    found = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    return found.decode()


class Servers:
    """All PostgreSQL servers that this emulator may use."""

    def __init__(self, settings: Settings) -> None:
        """Start those that further instances have had before."""
        self._settings = settings
        self._main = Server(MAIN, settings.postgres_url)
        self._others: dict[str, Server] = {}
        update_children(settings.children, lambda _recorded: ())
        for home in sorted(settings.databases.glob("*/server.json")):
            self._start(home.parent.name)

    def get(self, name: str) -> Server:
        """The server of that name."""
        return self._main if name == MAIN else self._others[name]

    def all(self) -> list[Server]:
        """All of them."""
        return [self._main, *self._others.values()]

    def allot(self, database: str, owner: str) -> Server:
        """A server that has neither that database nor that role."""
        if self._main.free_for(database, owner):
            return self._main
        return self._start(secrets.token_hex(4))

    def release(self, server: Server, database: str, owner: str, *, keep: bool) -> None:
        """An instance is gone, and its server, unless it is the first; its data too, or out of use
        when it is to be kept."""
        if server.name == MAIN:
            (server.keep if keep else server.drop)(database, owner)
            return
        # As recorded, not as started: a server that died has been started again. And no longer
        # recorded before it is ended: what is recorded and ends by itself is started again.
        recorded, name = read_children(self._settings.children), _part_name(server.name)
        update_children(self._settings.children, lambda all_: [p for p in all_ if p.name != name])
        for part in (part for part in recorded if part.name == name):
            processes.end(part.process, postgres.STOP_SIGNAL)
        del self._others[server.name]
        home = self._settings.databases / server.name
        if keep:
            # No longer started with the others.
            (home / "server.json").rename(home / "snapshot.json")
            return
        postgres.discard(self._cluster(home, 0, ""))
        (home / "server.json").unlink()

    def _start(self, name: str) -> Server:
        home = self._settings.databases / name
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (home, home.parent):
            unprivileged.let_through(folder, unprivileged.account())
        port, password = _remembered(home / "server.json")
        cluster = self._cluster(home, port, password)
        process = postgres.start(Path(sysconfig.get_path("purelib")), cluster)
        part = Part(_part_name(name), process, port, cluster.log)
        update_children(self._settings.children, lambda recorded: [*recorded, part])
        deadline = time.monotonic() + READY_SECONDS
        while not postgres.ready(cluster):
            if not processes.alive(process) or time.monotonic() > deadline:
                raise ValueError(
                    f"PostgreSQL did not start: {processes.last_lines(cluster.log, 3)}"
                )
            time.sleep(0.02)
        self._others[name] = Server(name, postgres.url(port, password))
        return self._others[name]

    def _cluster(self, home: Path, port: int, password: str) -> Cluster:
        log = self._settings.logs / f"{postgres.NAME}-{home.name}.log"
        generation = Generation(self._settings.children.parent)
        return Cluster(home / "data", log, port, password, generation)


def _part_name(name: str) -> str:
    return f"{postgres.NAME}-{name}"


def _remembered(path: Path) -> tuple[int, str]:
    """Port and password of last time, another port where that one is taken."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        stored = {"port": 0, "password": secrets.token_urlsafe(24)}
    if not stored["port"] or not ports.is_free(stored["port"]):
        stored["port"] = ports.choose(1)[0]
        write_private(path, json.dumps(stored))
    return stored["port"], stored["password"]
