"""The functions' database roles: their creation, authentication and rights."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import resources

import psycopg
from psycopg import sql

from catalog_runtime.database import Connection
from catalog_runtime.logs import LOGGER
from schema_migrator.migrations import MigrationError
from schema_migrator.server_message import explained

# Members of this role log in to RDS by IAM token instead of a password.
# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.DBAccounts.html
IAM_ROLE = "rds_iam"
ADMIN_ATTRIBUTES = ("rolsuper", "rolcreaterole", "rolcreatedb", "rolreplication", "rolbypassrls")
APPLICATION_RIGHTS, READER_RIGHTS = "access.sql", "reader_access.sql"

_ROLE = "SELECT 1 FROM pg_roles WHERE rolname = %s"
_MEMBER = """
SELECT 1 FROM pg_auth_members JOIN pg_roles role ON role.oid = member
JOIN pg_roles granted ON granted.oid = roleid
WHERE role.rolname = %s AND granted.rolname = %s
"""


@dataclass(frozen=True, slots=True)
class Role:
    """A database role; without a password it logs in by IAM token.

    `rights` is the file with the statements that grant its rights.
    """

    username: str
    password: str | None = field(repr=False)
    rights: str = APPLICATION_RIGHTS


def provide(connection: Connection, role: Role) -> None:
    """Create or update the role and its rights in one transaction.

    Raises `MigrationError` when the server refuses, when the role has more rights than an
    application should, or when IAM is configured and the server is not RDS.
    """
    try:
        with connection.transaction():
            _make(connection, role.username)
            _identify(connection, role)
            _grant(connection, role)
    except psycopg.Error as error:
        raise MigrationError(f"role {role.username}: {explained(error)}") from error
    LOGGER.info("role provided", extra={"facts": {"role": role.username}})


def set_password(connection: Connection, username: str, password: str | None) -> None:
    """Set a role's password, or remove it; only a SCRAM verifier reaches the server and its logs.

    Raises `psycopg.Error`.
    """
    verifier: sql.Composable = sql.SQL("NULL")
    if password is not None:
        hidden = connection.pgconn.encrypt_password(
            password.encode(), username.encode(), b"scram-sha-256"
        )
        verifier = sql.Literal(hidden.decode())
    connection.execute(
        sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(username), verifier)
    )


def _make(connection: Connection, username: str) -> None:
    attributes = sql.SQL(", ").join(map(sql.Identifier, ADMIN_ATTRIBUTES))
    found = connection.execute(
        sql.SQL("SELECT {} FROM pg_roles WHERE rolname = %s").format(attributes), [username]
    ).fetchone()
    if found is None:
        connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(username)))
    elif any(found):
        excess = [name[3:] for name, has in zip(ADMIN_ATTRIBUTES, found, strict=True) if has]
        raise MigrationError(
            f"role {username}: exists and has {', '.join(excess)}; an application's role may have "
            "none of these; choose another name"
        )


def _identify(connection: Connection, role: Role) -> None:
    set_password(connection, role.username, role.password)
    name = sql.Identifier(role.username)
    if role.password is None:
        if not connection.execute(_ROLE, [IAM_ROLE]).fetchone():
            raise MigrationError(
                f"role {role.username}: authentication is iam, but this server has no role "
                f"{IAM_ROLE}; use a password, or PostgreSQL on RDS"
            )
        connection.execute(sql.SQL("GRANT rds_iam TO {}").format(name))
    elif connection.execute(_MEMBER, [role.username, IAM_ROLE]).fetchone():
        # RDS would still require tokens from its members.
        connection.execute(sql.SQL("REVOKE rds_iam FROM {}").format(name))


def _grant(connection: Connection, role: Role) -> None:
    text = (resources.files("schema_migrator") / role.rights).read_text("utf-8")
    connection.execute(
        sql.SQL(text).format(
            role=sql.Identifier(role.username),
            database=sql.Identifier(connection.info.dbname),
        )
    )
