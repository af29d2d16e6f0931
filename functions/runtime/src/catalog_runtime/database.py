"""One PostgreSQL connection per execution environment, reused and renewed."""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from typing import Any, TypeVar

import psycopg

from catalog_runtime.secrets import Credentials, SecretError, Secrets
from catalog_runtime.settings import DatabaseSettings

T = TypeVar("T")
Connection = psycopg.Connection[Any]

CONNECT_SECONDS = 3
STATEMENT_SECONDS = 8
# A connection whose other end has vanished is given up after this long.
UNACKNOWLEDGED_SECONDS = 8


class DatabaseError(Exception):
    """The database did not do what was asked.

    The message has the error's class, SQLSTATE and primary message, never its detail, which
    may quote rows.
    """

    @classmethod
    def of(cls, error: psycopg.Error) -> DatabaseError:
        """The same error without row contents."""
        what = error.diag.message_primary or " ".join(str(error).splitlines()[:1])
        return cls(f"{type(error).__name__} {error.sqlstate or '-'}: {what}")


class Database:
    """Runs work on a connection that outlives the invocation."""

    def __init__(
        self,
        settings: DatabaseSettings,
        secrets: Secrets,
        *,
        application: str,
        statement_seconds: float = STATEMENT_SECONDS,
        isolation: str = "read committed",
    ) -> None:
        self._settings = settings
        self._secrets = secrets
        self._application = application
        self._statement_seconds = statement_seconds
        self._isolation = isolation.replace(" ", "\\ ")
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
        arn = self._settings.secret_arn
        used = self._secrets.credentials(arn)
        try:
            return self._open(used)
        except psycopg.OperationalError:
            # PostgreSQL's client library gives no error code for a refused log-in; a secret
            # that has changed meanwhile is the sign that the old password was the reason.
            self._secrets.forget(arn)
            current = self._secrets.credentials(arn)
            if current == used:
                raise
            return self._open(current)

    def _open(self, credentials: Credentials) -> Connection:
        settings = self._settings
        milliseconds = int(self._statement_seconds * 1000)
        return psycopg.connect(
            host=settings.host,
            port=settings.port,
            dbname=settings.name,
            user=credentials.username,
            password=credentials.password,
            application_name=self._application,
            sslmode=settings.tls,
            sslrootcert=str(authorities()) if settings.tls == "verify-full" else None,
            connect_timeout=CONNECT_SECONDS,
            tcp_user_timeout=UNACKNOWLEDGED_SECONDS * 1000,
            keepalives_idle=5,
            keepalives_interval=2,
            keepalives_count=2,
            options=f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds}"
            f" -c default_transaction_isolation={self._isolation}",
            autocommit=True,
            # A plan made for a small table must not outlive its growth, and connection proxies
            # cannot share connections that hold prepared statements.
            prepare_threshold=None,
        )


def authorities() -> Any:
    """The file with the root certificates that sign RDS servers' certificates."""
    return resources.files("catalog_runtime") / "certificates" / "rds.pem"
