"""One PostgreSQL connection per execution environment, reused and renewed."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from typing import Any, TypeVar

import psycopg
from botocore.httpsession import DEFAULT_CA_BUNDLE

from catalog_runtime.login import Login
from catalog_runtime.reaction import Reaction
from catalog_runtime.secrets import Credentials, SecretError
from catalog_runtime.settings import DatabaseSettings

T = TypeVar("T")
Connection = psycopg.Connection[Any]

CONNECT_SECONDS = 3
# A connection whose other end has vanished is given up after this long.
UNACKNOWLEDGED_SECONDS = 8


class DatabaseError(Exception):
    """The database did not do what was asked.

    The message has the error's class, SQLSTATE and primary message, never its detail, which
    may quote rows.
    """

    def __init__(self, message: str, reaction: Reaction = Reaction.RETRY) -> None:
        super().__init__(message)
        self.reaction = reaction

    @classmethod
    def of(cls, error: psycopg.Error) -> DatabaseError:
        """The same error without row contents."""
        what = error.diag.message_primary or " ".join(str(error).splitlines()[:1])
        message = f"{type(error).__name__} {error.sqlstate or '-'}: {what}"
        return cls(message, reaction_to(error.sqlstate))


def reaction_to(sqlstate: str | None) -> Reaction:
    """What to do about an error with this SQLSTATE; None when the server did not answer.

    https://www.postgresql.org/docs/current/errcodes-appendix.html
    """
    if sqlstate in ("40001", "40P01"):
        return Reaction.REPEAT
    if sqlstate is not None and sqlstate[:2] in ("22", "23"):
        return Reaction.DEAD_LETTER
    return Reaction.RETRY


class Database:
    """Runs work on a connection that outlives the invocation."""

    def __init__(
        self,
        settings: DatabaseSettings,
        login: Login,
        *,
        application: str,
        statement_seconds: float | None = None,
        isolation: str | None = None,
    ) -> None:
        """Without `statement_seconds`, the role's own limit holds.

        RDS Proxy refuses connections that bring settings of their own. For the same reason
        `isolation`, where it matters, is not set but expected: the role must have it.
        """
        self._settings = settings
        self._login = login
        self._application = application
        self._statement_seconds = statement_seconds
        self._isolation = isolation
        self._connection: Connection | None = None

    def run(self, work: Callable[[Connection], T]) -> T:
        """Do `work` on a connection in autocommit mode.

        `work` is done a second time when a reused connection proves broken, so it has to be
        repeatable. Raises `DatabaseError`.
        """
        try:
            reused = self._connection
            if reused is not None and not reused.closed:
                try:
                    return work(reused)
                except psycopg.OperationalError:
                    if not reused.closed:
                        raise
            self._connection = self._connect()
            self._expect_isolation(self._connection)
            return work(self._connection)
        except psycopg.Error as error:
            raise DatabaseError.of(error) from error
        except SecretError as error:
            raise DatabaseError(str(error)) from error

    def close(self) -> None:
        """Close the connection; the next `run` opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connect(self) -> Connection:
        used = self._login.credentials()
        try:
            return self._open(used)
        except psycopg.OperationalError:
            # PostgreSQL's client library gives no error code for a refused log-in; credentials
            # that have changed meanwhile are the sign that the old ones were the reason.
            current = self._login.renewed(used)
            if current is None:
                raise
            return self._open(current)

    def _expect_isolation(self, connection: Connection) -> None:
        if self._isolation is None:
            return
        row = connection.execute("SHOW default_transaction_isolation").fetchone()
        if row is None or row[0] != self._isolation:
            user = connection.info.user
            self.close()
            raise DatabaseError(
                f"role {user} works in {row and row[0]}, not in {self._isolation};"
                " the schema migrator's access.sql sets this"
            )

    def _open(self, credentials: Credentials) -> Connection:
        settings = self._settings
        return psycopg.connect(
            host=settings.host,
            port=settings.port,
            dbname=settings.name,
            user=credentials.username,
            password=credentials.password,
            application_name=self._application,
            sslmode=settings.tls,
            sslrootcert=authorities(settings.authorities)
            if settings.tls == "verify-full"
            else None,
            connect_timeout=CONNECT_SECONDS,
            tcp_user_timeout=UNACKNOWLEDGED_SECONDS * 1000,
            keepalives_idle=5,
            keepalives_interval=2,
            keepalives_count=2,
            options=_limits(self._statement_seconds),
            autocommit=True,
            # A plan made for a small table must not outlive its growth, and connection proxies
            # cannot share connections that hold prepared statements.
            prepare_threshold=None,
        )


def _limits(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    milliseconds = int(seconds * 1000)
    return f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds}"


def authorities(name: str) -> str:
    """The file with the root certificates of `rds` or of `public` authorities.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.howitworks.html#rds-proxy-security.tls
    """
    if name == "public":
        return str(DEFAULT_CA_BUNDLE)
    return str(resources.files("catalog_runtime") / "certificates" / "rds.pem")
