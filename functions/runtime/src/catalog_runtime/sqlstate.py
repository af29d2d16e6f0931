"""Reactions to PostgreSQL's errors by SQLSTATE, and which of them leave a connection usable.

https://www.postgresql.org/docs/current/errcodes-appendix.html
"""

from __future__ import annotations

import psycopg

from catalog_runtime.reaction import Reaction

# By SQLSTATE or by its class (the first two characters); the longest match counts.
REACTIONS = {
    "08": Reaction.RETRY,  # the connection broke
    "25006": Reaction.RETRY,  # the server is read-only: it was demoted, or its disk is full
    "25P02": Reaction.RETRY,  # an earlier error was not rolled back
    "25P03": Reaction.RETRY,
    "25P04": Reaction.RETRY,
    # A password is refused for the seconds that a rotation takes.
    "28": Reaction.RETRY,
    "53": Reaction.RETRY,  # disk, memory or connections are used up
    "55": Reaction.RETRY,  # locked, or in use
    "57": Reaction.RETRY,  # cancelled, shut down, or starting
    "58": Reaction.RETRY,  # an error of the server's operating system
    "XX": Reaction.RETRY,
    "40": Reaction.REPEAT,
    "40003": Reaction.RETRY,  # the connection was lost while the statement ran
    "72": Reaction.REPEAT,
    # The statement is valid, but not for these rows.
    "21": Reaction.DEAD_LETTER,
    "22": Reaction.DEAD_LETTER,
    "23": Reaction.DEAD_LETTER,
    "40002": Reaction.DEAD_LETTER,
    "44": Reaction.DEAD_LETTER,
    "54": Reaction.DEAD_LETTER,
    # Missing tables and rights, wrong statements, damaged files.
    **dict.fromkeys(
        ("02", "03", "09", "0A", "0B", "0F", "0L", "0P", "0Z", "10", "20", "24", "25", "26", "27"),
        Reaction.FAIL,
    ),
    **dict.fromkeys(
        ("2B", "2D", "2F", "34", "38", "39", "3B", "3D", "3F", "42", "F0", "HV", "P0"),
        Reaction.FAIL,
    ),
    **dict.fromkeys(("55P02", "55P04", "XX001", "XX002"), Reaction.FAIL),
}
# Errors of the client have no SQLSTATE; the first match counts.
_CLIENT_REACTIONS = (
    (psycopg.DataError, Reaction.DEAD_LETTER),
    (psycopg.IntegrityError, Reaction.DEAD_LETTER),
    (psycopg.ProgrammingError, Reaction.FAIL),
    (psycopg.NotSupportedError, Reaction.FAIL),
)
# After these the server continues to serve the session; 57014 is a cancelled statement.
_SESSION_GOES_ON = ("21", "22", "23", "40", "42", "44", "54", "55", "57014")


def reaction_to(sqlstate: str | None) -> Reaction:
    """Return the reaction to a SQLSTATE; None means that the server did not answer.

    Unknown codes are retried, because a retry loses nothing.
    """
    if sqlstate is None:
        return Reaction.RETRY
    return REACTIONS.get(sqlstate) or REACTIONS.get(sqlstate[:2]) or Reaction.RETRY


def reaction_to_error(error: psycopg.Error) -> Reaction:
    """Return the reaction to an error of the server or of psycopg."""
    if error.sqlstate is None:
        for kind, reaction in _CLIENT_REACTIONS:
            if isinstance(error, kind):
                return reaction
    return reaction_to(error.sqlstate)


def leaves_usable(error: BaseException, connection: psycopg.Connection[object]) -> bool:
    """Return whether the connection can serve the next statement after this error.

    After a failover, the old server may stay read-only or broken: only a new connection reaches
    the new server behind the same host name.
    """
    if connection.closed:
        return False
    if connection.pgconn.transaction_status != psycopg.pq.TransactionStatus.IDLE:
        return False
    if not isinstance(error, psycopg.Error):
        return True
    if error.sqlstate is None:
        return not isinstance(error, psycopg.OperationalError)
    return error.sqlstate.startswith(_SESSION_GOES_ON)
