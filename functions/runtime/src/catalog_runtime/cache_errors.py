"""Classification of the cache client's errors.

redis-py has no common base class: `RedisClusterException` and others derive from `Exception`, and
invalid replies raise `ValueError`, `IndexError` and the like. Its errors are therefore caught as
`Exception`, around its calls only, and converted to `CacheError`.
"""

from __future__ import annotations

from collections.abc import Iterator

from redis.exceptions import (
    AskError,
    AuthenticationError,
    AuthenticationWrongNumberOfArgsError,
    AuthorizationError,
    ClusterDownError,
    ClusterError,
    ConnectionError,  # noqa: A004 - the library's
    MovedError,
    NoPermissionError,
    NoScriptError,
    ReadOnlyError,
    RedisClusterException,
    ResponseError,
    SlotNotCoveredError,
    TimeoutError,  # noqa: A004 - the library's
    TryAgainError,
)

from catalog_runtime.reaction import Reaction
from catalog_runtime.secrets import SecretError

_LOGIN = (
    AuthenticationError,
    AuthenticationWrongNumberOfArgsError,
    AuthorizationError,
    NoPermissionError,
)
# The same command succeeds on another server, with another token, or with the script's text.
_REPEAT = (*_LOGIN, AskError, MovedError, NoScriptError, ReadOnlyError, TryAgainError)
# `ConnectionError` includes a server that loads its data or has too many clients.
_AWAY = (
    ClusterDownError,
    ClusterError,
    ConnectionError,
    OSError,
    SecretError,
    SlotNotCoveredError,
    TimeoutError,
)
# Codes of replies for which the library has no class.
# https://valkey.io/topics/eval-intro/ and https://valkey.io/topics/replication/
_BUSY_CODES = ("BUSY", "LOADING", "MASTERDOWN", "CLUSTERDOWN")


class CacheError(Exception):
    """A command failed; `reaction` is how to react.

    `RETRY` and `REPEAT`: the server was unavailable or the wrong one. `DEGRADE`: it refused this
    command. `FAIL`: the command or the settings are wrong. In each case a function continues
    without the cache, because the cache is a copy.
    """

    def __init__(self, message: str, reaction: Reaction = Reaction.RETRY) -> None:
        super().__init__(message)
        self.reaction = reaction

    @classmethod
    def of(cls, error: Exception) -> CacheError:
        """Return an error of the client as a `CacheError`."""
        found = cls(f"cache: {type(error).__name__}: {error}", reaction_to(error))
        found.__cause__ = error
        return found

    @property
    def away(self) -> bool:
        """Return whether the server was unavailable, rather than the command refused."""
        answered = self.caused_by(NoScriptError, ReadOnlyError)
        return self.reaction in (Reaction.RETRY, Reaction.REPEAT) and not answered

    @property
    def read_only(self) -> bool:
        """Return whether the server is a replica, perhaps a demoted primary."""
        return self.caused_by(ReadOnlyError)

    @property
    def login_refused(self) -> bool:
        """Return whether the token was refused or lacks rights."""
        return self.caused_by(*_LOGIN)

    @property
    def elsewhere(self) -> bool:
        """Return whether the server is healthy but not the one for this key."""
        return self.caused_by(AskError, MovedError, TryAgainError)

    def caused_by(self, *kinds: type[Exception]) -> bool:
        """Return whether the error or one of its causes is of such a class."""
        return any(isinstance(each, kinds) for each in chain(self))


def reaction_to(error: BaseException) -> Reaction:
    """Return the reaction to an error of the client."""
    if any(isinstance(each, _REPEAT) for each in chain(error)):
        return Reaction.REPEAT
    if isinstance(error, _AWAY):
        return Reaction.RETRY
    if isinstance(error, ResponseError):
        busy = str(error).startswith(_BUSY_CODES)
        return Reaction.RETRY if busy else Reaction.DEGRADE
    # The client wraps errors that occur while it connects to a cluster.
    if type(error) is RedisClusterException:
        return Reaction.RETRY
    return Reaction.FAIL


def chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the error and its causes: a wrapped refusal is still a refusal."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__
