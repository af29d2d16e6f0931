"""A Redis-compatible cache that never goes back in time.

`stock:{<sku>}` and `product:{<sku>}` are hashes, `<value>:<version>` the values of their fields:
the version is what follows the last colon. The braces keep all of an article on one shard:
https://valkey.io/topics/cluster-spec/#hash-tags
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import TypeVar

import msgspec
from redis.cluster import RedisCluster

from catalog_runtime.cache import Cache, CacheError, Client
from catalog_runtime.scripts import NEWER, Command, Script, send
from inventory_processor.ports import CacheEntry, EffectError

T = TypeVar("T")

# A cache without it has lost its content, or never had any.
KNOWN = "catalog:known"
# A script holds up everybody else: this many fields take about a millisecond.
FIELDS_PER_CALL = 500

_WRITE_IF_NEWER = Script(
    NEWER
    + """
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
)


class RedisCache:
    """Writes all entries in one pipeline, as few script calls as the server allows."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._known = False

    def write(self, entries: Sequence[CacheEntry]) -> int:
        """See `Cache`."""

        def work(client: Client) -> int:
            calls = list(_calls(entries, one_key=isinstance(client, RedisCluster)))
            known, *answers = send(client, [("EXISTS", KNOWN), *_WRITE_IF_NEWER.commands(calls)])
            self._known = known == 1
            return _WRITE_IF_NEWER.total(client, calls, answers)

        return self._run(work)

    def cold(self) -> bool:
        """See `Cache`."""
        return not self._known

    def vouch(self) -> None:
        """See `Cache`."""
        self._run(lambda client: client.set(KNOWN, 1))

    def _run(self, work: Callable[[Client], T]) -> T:
        try:
            return self._cache.run(work)
        except CacheError as error:
            raise EffectError(str(error)) from error


def _calls(entries: Sequence[CacheEntry], *, one_key: bool) -> Iterator[Command]:
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
