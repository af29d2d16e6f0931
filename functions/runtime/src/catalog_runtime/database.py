"""One PostgreSQL connection per execution environment, reused and renewed."""

from __future__ import annotations

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
from catalog_runtime.settings import DatabaseSettings
from catalog_runtime.sqlstate import leaves_usable, reaction_to_error
from catalog_runtime.watchdog import answers_within

T = TypeVar("T")
Connection = psycopg.Connection[Any]

# For the whole log-in: look-up of the name, all addresses, TLS, password.
CONNECT_SECONDS = 3
# A second more than the role's own limit for statements.
ANSWER_SECONDS = 9.0
# A stuck connection, two log-ins, and what is left for the work.
RUN_SECONDS = 22.0
# A connection whose other end has vanished is given up after this long.
UNACKNOWLEDGED_SECONDS = 8


class DatabaseError(Exception):
    """The database did not do what was asked.

    The message has the error's class, SQLSTATE and primary message, never its detail, which
    may quote rows. `login_refused`: the server asked for a password and did not take it.
    """

    def __init__(
        self, message: str, reaction: Reaction = Reaction.RETRY, *, login_refused: bool = False
    ) -> None:
        super().__init__(message)
        self.reaction = reaction
        self.login_refused = login_refused

    @classmethod
    def of(cls, error: psycopg.Error) -> DatabaseError:
        """The same error without row contents."""
        what = error.diag.message_primary or " ".join(str(error).splitlines()[:1])
        message = f"{type(error).__name__} {error.sqlstate or '-'}: {what}"
        return cls(message, reaction_to_error(error), login_refused=_login_refused(error))


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
        answer_seconds: float = ANSWER_SECONDS,
        run_seconds: float = RUN_SECONDS,
    ) -> None:
        """Without `statement_seconds`, the role's own limit holds.

        RDS Proxy refuses connections that bring settings of their own. For the same reason
        `isolation`, where it matters, is not set but expected: the role must have it.
        A connection that does not do the work within `answer_seconds` is given up, and `run`
        ends after `run_seconds`, whatever the server does.
        """
        self._settings = settings
        self._login = login
        self._application = application
        self._statement_seconds = statement_seconds
        self._isolation = isolation
        self._answer_seconds = answer_seconds
        self._run_seconds = run_seconds
        self._connection: Connection | None = None

    def run(self, work: Callable[[Connection], T]) -> T:
        """Do `work` on a connection in autocommit mode.

        `work` is done a second time, on a new connection, when a reused one proves broken or
        leads to a server that no longer takes writes, so it has to be repeatable. Raises
        `DatabaseError`.
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
        """Close the connection; the next `run` opens another."""
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
            # Only credentials that have changed meanwhile can help.
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
        """Newer credentials; the refused log-in is the error when there is no way to get them."""
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
        """Connect; the client library bounds the wait for each of the server's addresses."""
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


def _login_refused(error: psycopg.Error) -> bool:
    """Whether a server ended a log-in after it had asked for the password.

    PostgreSQL's client library gives no error code for it.
    """
    return bool(error.sqlstate is None and error.pgconn and error.pgconn.used_password)


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
