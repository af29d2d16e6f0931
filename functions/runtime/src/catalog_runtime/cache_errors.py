"""What goes wrong between a function and the cache, classified in one place.

The library has no common base class: `RedisClusterException` and others derive from `Exception`,
and replies that are no protocol at all end in `ValueError`, `IndexError` and the like. What the
library raises is therefore caught as `Exception`, around the library's calls only, and becomes a
`CacheError` here.
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
# The same command succeeds elsewhere, or with another token, or sent in full.
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
    """The cache did not do what was asked; `reaction` is what to do about it.

    `RETRY` and `REPEAT`: the server was away, or it was the wrong one. `DEGRADE`: it refused this
    very command. `FAIL`: the command or the settings are wrong. In each case a function goes on
    without the cache, because the cache is a copy.
    """

    def __init__(self, message: str, reaction: Reaction = Reaction.RETRY) -> None:
        super().__init__(message)
        self.reaction = reaction

    @classmethod
    def of(cls, error: Exception) -> CacheError:
        """The same error, classified."""
        found = cls(f"cache: {type(error).__name__}: {error}", reaction_to(error))
        found.__cause__ = error
        return found

    @property
    def away(self) -> bool:
        """Whether the server, rather than the command, was the reason."""
        answered = self.caused_by(NoScriptError, ReadOnlyError)
        return self.reaction in (Reaction.RETRY, Reaction.REPEAT) and not answered

    @property
    def read_only(self) -> bool:
        """Whether the server is a replica, perhaps a primary that was demoted."""
        return self.caused_by(ReadOnlyError)

    @property
    def login_refused(self) -> bool:
        """Whether the token was refused, or has fewer rights than needed."""
        return self.caused_by(*_LOGIN)

    @property
    def elsewhere(self) -> bool:
        """Whether the server is well and merely the wrong one."""
        return self.caused_by(AskError, MovedError, TryAgainError)

    def caused_by(self, *kinds: type[Exception]) -> bool:
        """Whether the error, or what led to it, is of such a kind."""
        return any(isinstance(each, kinds) for each in chain(self))


def reaction_to(error: BaseException) -> Reaction:
    """What to do about anything that the library raises."""
    if any(isinstance(each, _REPEAT) for each in chain(error)):
        return Reaction.REPEAT
    if isinstance(error, _AWAY):
        return Reaction.RETRY
    if isinstance(error, ResponseError):
        busy = str(error).startswith(_BUSY_CODES)
        return Reaction.RETRY if busy else Reaction.DEGRADE
    # The library wraps what happened while it connected to a cluster.
    if type(error) is RedisClusterException:
        return Reaction.RETRY
    return Reaction.FAIL


def chain(error: BaseException) -> Iterator[BaseException]:
    """The error, and what led to it: a wrapped refusal is still a refusal."""
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__ or current.__context__
