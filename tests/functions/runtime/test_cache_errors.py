from __future__ import annotations

import asyncio
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from redis.exceptions import (
    AuthenticationError,
    BusyLoadingError,
    ClusterDownError,
    DataError,
    MovedError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisClusterException,
    ResponseError,
    SlotNotCoveredError,
)

from catalog_runtime import cache, cache_servers
from catalog_runtime.cache import Cache
from catalog_runtime.cache_errors import CacheError, reaction_to
from catalog_runtime.reaction import Reaction
from support.caches import SKUS, Functions, settings

# Modules that need what no function has installed, and clients that no function uses.
LEFT_OUT = ("redis.asyncio", "redis.multidb", "redis.observability", "redis.http", "redis.ocsp")
# What servers that speak no protocol, odd replies and the system end in.
OTHERS = (
    ValueError, IndexError, TypeError, AttributeError, KeyError, UnicodeDecodeError, OSError,
    ConnectionResetError, BrokenPipeError, RecursionError, MemoryError, RuntimeError,
    asyncio.TimeoutError,
)  # fmt: skip


def library() -> Iterator[type[Exception]]:
    """Every exception class that the library defines."""
    seen: set[type[Exception]] = set()
    for module in pkgutil.walk_packages(redis.__path__, "redis."):
        if module.name.startswith(LEFT_OUT):
            continue
        for _, found in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if issubclass(found, Exception) and found.__module__.startswith("redis"):
                seen.add(found)
    yield from sorted(seen, key=lambda each: each.__name__)


def instance(kind: type[Exception]) -> Exception:
    if kind is UnicodeDecodeError:
        return UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid")
    for arguments in (("1 127.0.0.1:1",), (), ("a", "b"), (1, "127.0.0.1", 1)):
        try:
            return kind(*arguments)
        except TypeError:
            continue
    raise AssertionError(f"{kind} cannot be made")


KINDS = [*library(), *OTHERS]


def test_the_whole_tree_was_found() -> None:
    names = {kind.__name__ for kind in KINDS}

    assert {"RedisClusterException", "SlotNotCoveredError", "IncorrectPolicyType"} <= names
    assert len(names) > 40
    assert not all(issubclass(kind, redis.RedisError) for kind in library())


@pytest.mark.parametrize("cluster_mode", [False, True])
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_whatever_the_library_raises_no_batch_fails_and_every_reader_has_an_answer(
    kind: type[Exception],
    cluster_mode: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def broken(*_: Any) -> list[Any]:
        raise instance(kind)

    monkeypatch.setattr(cache_servers, "_send", broken)
    monkeypatch.setattr(cache, "TRY_AGAIN_SECONDS", 0)
    functions = Functions(capsys, settings(1, cluster_mode=cluster_mode))
    try:
        counts = functions.process(SKUS[:3])
        assert (counts["CacheFailures"], counts["BatchFailures"]) == (1, 0)
        assert functions.store.stale_skus == set(SKUS[:3])
        assert functions.read(SKUS[:3]) == {"ReaderMisses": 3, "ReaderCacheFailures": 1}
    finally:
        functions.close()


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (RedisClusterException("cannot be connected"), Reaction.RETRY),
        (SlotNotCoveredError("1"), Reaction.RETRY),
        (ClusterDownError("CLUSTERDOWN"), Reaction.RETRY),
        (BusyLoadingError("LOADING"), Reaction.RETRY),
        (ResponseError("BUSY a script runs"), Reaction.RETRY),
        (ConnectionRefusedError(), Reaction.RETRY),
        (MovedError("1 127.0.0.1:1"), Reaction.REPEAT),
        (ReadOnlyError("READONLY"), Reaction.REPEAT),
        (AuthenticationError("WRONGPASS"), Reaction.REPEAT),
        (NoPermissionError("NOPERM"), Reaction.REPEAT),
        (OutOfMemoryError("OOM"), Reaction.DEGRADE),
        (ResponseError("WRONGTYPE"), Reaction.DEGRADE),
        (DataError("a list"), Reaction.FAIL),
        (TypeError("a bug"), Reaction.FAIL),
    ],
    ids=lambda each: type(each).__name__,
)
def test_errors_are_classified(error: Exception, expected: Reaction) -> None:
    assert reaction_to(error) is expected


def test_a_refused_token_is_found_below_what_wraps_it() -> None:
    wrapper = RedisClusterException("cannot be connected")
    wrapper.__cause__ = RedisClusterException("no cluster")
    wrapper.__cause__.__context__ = NoPermissionError("NOPERM")

    assert CacheError.of(wrapper).login_refused
    assert not CacheError.of(RedisClusterException("NOAUTH")).login_refused


def test_an_error_that_leads_to_itself_ends() -> None:
    error = ResponseError("a")
    error.__cause__ = RedisClusterException("b")
    error.__cause__.__cause__ = error

    assert not CacheError.of(error).login_refused


def test_a_bug_outside_the_library_is_not_taken_for_an_outage(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(Cache, "_round", broken)
    with pytest.raises(ZeroDivisionError):
        Cache(settings(1), None, connect_seconds=1, reply_seconds=1).run([("GET", "a")])  # type: ignore[arg-type]
