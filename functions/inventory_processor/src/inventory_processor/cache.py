"""A Redis-compatible cache that never goes back in time.

`stock:{<sku>}` and `product:{<sku>}` are hashes, `<value>:<version>` the values of their fields:
the version is what follows the last colon. The braces keep all of an article on one shard:
https://valkey.io/topics/cluster-spec/#hash-tags
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any

import msgspec
from redis import Redis
from redis.cluster import RedisCluster
from redis.exceptions import AuthenticationError, NoScriptError, RedisError

from inventory_processor.ports import CacheEntry, EffectError

Client = Redis | RedisCluster

# A cache without it has lost its content, or never had any.
KNOWN = "catalog:known"
# A script holds up everybody else: this many fields take about a millisecond.
FIELDS_PER_CALL = 500

# Numbers are compared as digit strings: Lua's own have 53 bits, sequence numbers over 180.
_WRITE_IF_NEWER = """
local function newer(a, b)
  if #a ~= #b then return #a > #b end
  return a > b
end
local written = 0
for _, entry in ipairs(cmsgpack.unpack(ARGV[1])) do
  local key, field, value, version = KEYS[entry[1]], entry[2], entry[3], entry[4]
  local time, sequence = string.match(version, '^(%d+)%.(%d+)$')
  local held = redis.call('HGET', key, field)
  local held_time, held_sequence
  if held then held_time, held_sequence = string.match(held, ':(%d+)%.(%d+)$') end
  if not held_time or newer(time, held_time)
      or (time == held_time and newer(sequence, held_sequence)) then
    redis.call('HSET', key, field, value .. ':' .. version)
    written = written + 1
  end
end
return written
"""
_DIGEST = hashlib.sha1(_WRITE_IF_NEWER.encode(), usedforsecurity=False).hexdigest()

Call = tuple[str | int | bytes, ...]


class RedisCache:
    """Writes all entries in one pipeline, as few script calls as the server allows."""

    def __init__(self, connect: Callable[[], Client], forget_secret: Callable[[], None]) -> None:
        self._connect = connect
        self._forget_secret = forget_secret
        self._client: Client | None = None
        self._known = False

    def write(self, entries: Sequence[CacheEntry]) -> int:
        """See `Cache`."""
        return self._reach(lambda client: self._write(client, entries))

    def cold(self) -> bool:
        """See `Cache`."""
        return not self._known

    def vouch(self) -> None:
        """See `Cache`."""
        self._reach(lambda client: int(bool(client.set(KNOWN, 1))))

    def _reach(self, work: Callable[[Client], int]) -> int:
        try:
            try:
                return work(self._client or self._open())
            except AuthenticationError:
                self._forget_secret()
                return work(self._open())
        except (RedisError, OSError) as error:
            # A new client asks again who the cluster's primaries are.
            self._client = None
            raise EffectError(f"cache: {type(error).__name__}: {error}") from error

    def _open(self) -> Client:
        self._client = self._connect()
        return self._client

    def _write(self, client: Client, entries: Sequence[CacheEntry]) -> int:
        calls = list(_calls(entries, one_key=isinstance(client, RedisCluster)))
        self._known, results = self._send(client, "EVALSHA", _DIGEST, calls)
        missed = [
            call for call, result in zip(calls, results, strict=True) if _lacks_script(result)
        ]
        if missed:
            # EVAL also leaves the script behind for the next EVALSHA, on each primary.
            results += self._send(client, "EVAL", _WRITE_IF_NEWER, missed)[1]
        for result in results:
            if isinstance(result, Exception) and not _lacks_script(result):
                raise result
        return sum(result for result in results if isinstance(result, int))

    @staticmethod
    def _send(
        client: Client, command: str, script: str, calls: list[Call]
    ) -> tuple[bool, list[Any]]:
        pipeline: Any = client.pipeline(transaction=False)
        pipeline.exists(KNOWN)
        for call in calls:
            pipeline.execute_command(command, script, *call)
        known, *results = pipeline.execute(raise_on_error=False)
        return known == 1, results


def _calls(entries: Sequence[CacheEntry], *, one_key: bool) -> Iterator[Call]:
    """Number of keys, keys, and as MessagePack per entry: which key, field, value, version."""
    ordered = sorted(entries)
    groups = (
        [list(group) for _, group in groupby(ordered, key=lambda entry: entry.key)]
        if one_key
        else [ordered[at : at + FIELDS_PER_CALL] for at in range(0, len(ordered), FIELDS_PER_CALL)]
    )
    for group in groups:
        places: dict[str, int] = {}
        packed = [
            (places.setdefault(key, len(places) + 1), field, value, version)
            for key, field, value, version in group
        ]
        # One argument for all: a client spends more time on arguments than the server on them.
        yield (len(places), *places, msgspec.msgpack.encode(packed))


def _lacks_script(result: object) -> bool:
    return isinstance(result, NoScriptError)
