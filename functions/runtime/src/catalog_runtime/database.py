"""One PostgreSQL connection per execution environment, reused and replaced when it breaks."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import resources
from typing import Any, TypeVar

import psycopg
from botocore.httpsession import DEFAULT_CA_BUNDLE

from catalog_runtime.deadline import Deadline, LateError, within
from catalog_runtime.login import Login
from catalog_runtime.logs import LOGGER
from catalog_runtime.reaction import Reaction
from catalog_runtime.secrets import Credentials, SecretError
from catalog_runtime.settings import PROXY_AUTHORITIES, DatabaseSettings
from catalog_runtime.sqlstate import leaves_usable, reaction_to_error
from catalog_runtime.watchdog import answers_within

T = TypeVar("T")
Connection = psycopg.Connection[Any]

# For the whole log-in: DNS, all addresses, TLS, password.
CONNECT_SECONDS = 3
# A second more than the role's own limit for statements.
ANSWER_SECONDS = 9.0
# A hanging connection, two log-ins, and the rest for the work.
RUN_SECONDS = 22.0
# TCP_USER_TIMEOUT: a connection whose peer acknowledges nothing is closed after this long.
UNACKNOWLEDGED_SECONDS = 8


class DatabaseError(Exception):
    """A database operation failed.

    The message has the error's class, SQLSTATE and primary message, never its detail, which
    may quote rows. `login_refused`: the server asked for a password and refused it.
    """

    def __init__(
        self, message: str, reaction: Reaction = Reaction.RETRY, *, login_refused: bool = False
    ) -> None:
        super().__init__(message)
        self.reaction = reaction
        self.login_refused = login_refused

    @classmethod
    def of(cls, error: psycopg.Error) -> DatabaseError:
        """Return an error of psycopg as a `DatabaseError` without row contents."""
        what = error.diag.message_primary or " ".join(str(error).splitlines()[:1])
        message = f"{type(error).__name__} {error.sqlstate or '-'}: {what}"
        return cls(message, reaction_to_error(error), login_refused=_login_refused(error))


class Database:
    """A database connection that outlives the invocation."""

    def __init__(
        self,
        settings: DatabaseSettings,
        login: Login,
        *,
        application: str,
        statement_seconds: float | None = None,
        isolation: str | None = None,
        prepares: bool = False,
        answer_seconds: float = ANSWER_SECONDS,
        run_seconds: float = RUN_SECONDS,
    ) -> None:
        """Without `statement_seconds`, the role's own statement timeout applies.

        RDS Proxy refuses connections with session settings. For that reason `isolation` is not
        set but checked: it must be the role's default. With `prepares`, statements that ask for it
        are prepared, except through RDS Proxy, which then could no longer share the connection. A
        connection that does not finish the work within `answer_seconds` is closed, and `run` ends
        after `run_seconds`.

        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy-pinning.html
        """
        self.prepares = prepares and settings.authorities != PROXY_AUTHORITIES
        self._settings = settings
        self._login = login
        self._application = application
        self._statement_seconds = statement_seconds
        self._isolation = isolation
        self._answer_seconds = answer_seconds
        self._run_seconds = run_seconds
        self._connection: Connection | None = None

    def run(self, work: Callable[[Connection], T]) -> T:
        """Run `work` on a connection in autocommit mode.

        `work` must be idempotent: it runs again on a new connection when a reused one is broken or
        leads to a server that no longer accepts writes. Raises `DatabaseError`.
        """
        deadline = Deadline(self._run_seconds)
        try:
            if self._connection is not None:
                try:
                    return self._work(self._connection, work, deadline)
                except psycopg.Error:
                    if self._connection is not None:
                        raise
            self._connection = self._connect(deadline)
            return self._work(self._connection, work, deadline)
        except psycopg.Error as error:
            raise DatabaseError.of(error) from error
        except SecretError as error:
            raise DatabaseError(str(error), error.reaction) from error

    def close(self) -> None:
        """Close the connection; the next `run` opens a new one."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _work(
        self, connection: Connection, work: Callable[[Connection], T], deadline: Deadline
    ) -> T:
        try:
            with answers_within(deadline.left(self._answer_seconds), connection):
                return work(connection)
        except BaseException as error:
            if not leaves_usable(error, connection):
                self.close()
            raise

    def _connect(self, deadline: Deadline) -> Connection:
        used = self._login.credentials()
        try:
            connection = self._open(used, deadline)
        except psycopg.OperationalError as refused:
            # Only changed credentials can help.
            if not _login_refused(refused):
                raise
            current = self._renewed(used)
            if current is None:
                raise
            connection = self._open(current, deadline)
        try:
            with answers_within(deadline.left(self._answer_seconds), connection):
                self._expect_isolation(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _renewed(self, refused: Credentials) -> Credentials | None:
        """Return newer credentials, or None when there are none or they cannot be fetched."""
        try:
            return self._login.renewed(refused)
        except SecretError as error:
            LOGGER.warning("no newer credentials", extra={"facts": {"cause": str(error)}})
            return None

    def _expect_isolation(self, connection: Connection) -> None:
        if self._isolation is None:
            return
        row = connection.execute("SHOW default_transaction_isolation").fetchone()
        if row is None or row[0] != self._isolation:
            raise DatabaseError(
                f"role {connection.info.user} works in {row and row[0]}, not in {self._isolation};"
                " the schema migrator's access.sql sets this",
                Reaction.FAIL,
            )

    def _open(self, credentials: Credentials, deadline: Deadline) -> Connection:
        seconds = deadline.left(CONNECT_SECONDS)
        try:
            return within(seconds, lambda: self._log_in(credentials), Connection.close)
        except LateError as error:
            raise psycopg.errors.ConnectionTimeout(f"log-in: {error}") from error

    def _log_in(self, credentials: Credentials) -> Connection:
        """Connect; libpq applies `connect_timeout` to each address of the server."""
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
            # Prepare nothing that does not ask for it: a plan for a small table must not outlive
            # its growth.
            prepare_threshold=sys.maxsize if self.prepares else None,
        )


def _login_refused(error: psycopg.Error) -> bool:
    """Return whether the server refused a log-in after it asked for the password.

    libpq has no error code for this.
    """
    return bool(error.sqlstate is None and error.pgconn and error.pgconn.used_password)


def _limits(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    milliseconds = int(seconds * 1000)
    return f"-c statement_timeout={milliseconds} -c lock_timeout={milliseconds}"


def authorities(name: str) -> str:
    """Return the path of the root certificates of `rds` or of `public` authorities.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.howitworks.html#rds-proxy-security.tls
    """
    if name == PROXY_AUTHORITIES:
        return str(DEFAULT_CA_BUNDLE)
    return str(resources.files("catalog_runtime") / "certificates" / "rds.pem")
