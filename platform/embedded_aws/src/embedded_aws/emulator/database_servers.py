"""A PostgreSQL server per DB instance: the launcher's for the first, additional ones on demand.

Instances are isolated, as on RDS: two environments can use the same database name, and so can an
instance and its replacement.
"""

from __future__ import annotations

import json
import secrets
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
from ministack.core import persistence
from psycopg import sql

from embedded_aws.emulator import database_copies
from embedded_aws.emulator.settings import Settings
from embedded_aws.servers import (
    packages,
    port_rewrite,
    ports,
    postgres,
    processes,
    unprivileged,
)
from embedded_aws.servers.layout import Layout, write_private
from embedded_aws.servers.postgres import Cluster
from embedded_aws.servers.state import Part, read_children, update_children

MAIN = "main"
READY_SECONDS = 30.0

# As on RDS: members of rds_iam log in by token, and the master user grants membership.
_RDS_ROLES = """
do $$ begin
    if to_regrole('rds_iam') is null then
        create role rds_iam nologin;
        create role rds_superuser nologin;
        grant rds_iam to rds_superuser with admin option;
    end if;
end $$
"""
_ROLES_CREATED_BY = """
select made.rolname from pg_auth_members
join pg_roles made on made.oid = roleid join pg_roles maker on maker.oid = member
where maker.rolname = %s and admin_option
"""


@dataclass(frozen=True, slots=True)
class Server:
    """A PostgreSQL server with its administrator's connection string."""

    name: str
    url: str

    @property
    def port(self) -> int:
        """Return the TCP port."""
        return urlsplit(self.url).port or 0

    def is_unused(self, database: str, owner: str) -> bool:
        """Return whether neither the database nor the role exists."""
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
        """Create a role and a database, with the privileges of RDS's master user.

        The role may grant IAM authentication to other roles: see `database_tokens`.
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
        """Change the password of a role."""
        with self.connect() as connection:
            connection.execute(
                sql.SQL("alter role {} password {}").format(
                    sql.Identifier(role), sql.Literal(verifier(connection, role, password))
                )
            )

    def drop(self, database: str, owner: str) -> None:
        """Drop a database with its data, its owner, and everything else that the owner has."""
        with self.connect() as connection:
            made = connection.execute(_ROLES_CREATED_BY, [owner]).fetchall()
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

    def drop_others(self, database: str) -> None:
        """Drop all databases but one and PostgreSQL's own."""
        with self.connect() as connection:
            others = connection.execute(
                "select datname from pg_database where not datistemplate and datname <> all(%s)",
                [[database, "postgres"]],
            ).fetchall()
            for (name,) in others:
                connection.execute(
                    sql.SQL("drop database {} with (force)").format(sql.Identifier(name))
                )

    def connect(self) -> psycopg.Connection[tuple[Any, ...]]:
        """Return a connection of the administrator. Raises `psycopg.Error`."""
        return psycopg.connect(self.url, autocommit=True, connect_timeout=10)


def verifier(connection: psycopg.Connection[Any], role: str, password: str) -> str:
    """Return the SCRAM verifier of a password: PostgreSQL logs failed statements in full."""
    found = connection.pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
    return found.decode()


class Servers:
    """All PostgreSQL servers of this emulator."""

    def __init__(self, settings: Settings) -> None:
        """Start the servers of existing additional instances."""
        self._settings = settings
        self._main = Server(MAIN, settings.postgres_url)
        self._others: dict[str, Server] = {}
        update_children(settings.children, lambda _recorded: ())
        moves: dict[int, int] = {}
        for home in sorted(settings.databases.glob("*/server.json")):
            before = int(json.loads(home.read_text(encoding="utf-8"))["port"])
            after = self._start(home.parent.name).port
            if before not in (0, after):
                moves[before] = after
        if moves:
            # The emulator loads its state later.
            port_rewrite.rewrite_state(Path(persistence.STATE_DIR), moves)

    def get(self, name: str) -> Server:
        """Return the server with a name."""
        return self._main if name == MAIN else self._others[name]

    def all(self) -> list[Server]:
        """Return all servers."""
        return [self._main, *self._others.values()]

    def allocate(self, database: str, owner: str) -> Server:
        """Return a server that has neither the database nor the role."""
        if self._main.is_unused(database, owner):
            return self._main
        return self._start(secrets.token_hex(4))

    def release(self, server: Server, database: str, owner: str) -> None:
        """Delete the data of a deleted instance, and end its server.

        The first server keeps running.
        """
        if server.name == MAIN:
            server.drop(database, owner)
            return
        # Use the record, because the supervisor may have restarted the server. Remove the record
        # first, so that the supervisor does not restart it.
        recorded, name = read_children(self._settings.children), _part_name(server.name)
        update_children(self._settings.children, lambda all_: [p for p in all_ if p.name != name])
        for part in (part for part in recorded if part.name == name):
            processes.end(part.process, postgres.STOP_SIGNAL)
        del self._others[server.name]
        home = self._settings.databases / server.name
        postgres.discard(self._cluster(home, 0, ""))
        (home / "server.json").unlink()

    def snapshot(self, server: Server) -> str:
        """Copy the data of a server, and return the name of the copy."""
        name = secrets.token_hex(4)
        home = self._home(name)
        self._copy(home, lambda folder: database_copies.copy(server.url, folder))
        # Servers without server.json are not started.
        password = urlsplit(server.url).password
        write_private(home / "snapshot.json", json.dumps({"port": 0, "password": password}))
        return name

    def restore(self, copied: str, database: str) -> Server:
        """Start a server with a copy of a snapshot's data, for one of its databases."""
        name, source = secrets.token_hex(4), self._settings.databases / copied
        home = self._home(name)
        taken = self._cluster(source, 0, "").folder
        self._copy(home, lambda folder: shutil.copytree(taken, folder, symlinks=True))
        shutil.copyfile(source / "snapshot.json", home / "server.json")
        (home / "server.json").chmod(0o600)
        server = self._start(name)
        server.drop_others(database)
        return server

    def forget(self, copied: str) -> None:
        """Delete the data of a snapshot."""
        home = self._settings.databases / copied
        postgres.discard(self._cluster(home, 0, ""))
        (home / "snapshot.json").unlink(missing_ok=True)

    def _copy(self, home: Path, copy: Callable[[Path], Any]) -> None:
        """Fill the data folder of a home, which PostgreSQL's user owns; all of it or nothing."""
        cluster, account = self._cluster(home, 0, ""), unprivileged.account()
        try:
            copy(cluster.folder)
            cluster.folder.chmod(0o700)
            account.set_owner(cluster.folder)
        except BaseException:
            postgres.discard(cluster)
            raise

    def _home(self, name: str) -> Path:
        home = self._settings.databases / name
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        for folder in (home, home.parent):
            unprivileged.allow_traversal(folder, unprivileged.account())
        return home

    def _start(self, name: str) -> Server:
        home = self._home(name)
        port, password = _port_and_password(home / "server.json")
        cluster = self._cluster(home, port, password)
        process = postgres.start(packages.FOLDER, cluster)
        part = Part(_part_name(name), process, port, cluster.log, postgres.url(port, password))
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
        run = Layout(self._settings.children.parent).run
        return Cluster(home / "data", log, port, password, run)


def _part_name(name: str) -> str:
    return f"{postgres.NAME}-{name}"


def _port_and_password(path: Path) -> tuple[int, str]:
    """Return the stored port and password, with another port if that is in use."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        stored = {"port": 0, "password": secrets.token_urlsafe(24)}
    if not stored["port"] or not ports.is_free(stored["port"]):
        stored["port"] = ports.choose(1)[0]
        write_private(path, json.dumps(stored))
    return stored["port"], stored["password"]
