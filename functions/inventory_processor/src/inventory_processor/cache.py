"""Writes to the Redis-compatible cache; a newer value is never overwritten by an older one.

`stock:{<sku>}` and `product:{<sku>}` are hashes. The values of their fields are
`<value>:<version>`; the version follows the last colon. The braces (hash tags) keep an article on
one shard: https://valkey.io/topics/cluster-spec/#hash-tags
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import msgspec

from catalog_runtime.cache import Cache, CacheError
from catalog_runtime.cache_slots import Command
from catalog_runtime.scripts import LIBRARY, Script
from inventory_processor.cache_marks import Marks
from inventory_processor.ports import CacheEntry, EffectError, PartialWriteError

# A script blocks the server: this many fields take about a millisecond.
FIELDS_PER_CALL = 500

# Entries are written one by one, so that a failed one does not affect the others. The result is
# the number of fields written, then position and server message of each failed entry.
# A key of another type is replaced: the cache is a copy. It costs a command only where it occurs.
# PERSIST, because a reader sets an expiry on articles that were unknown when it asked. It comes
# last, because a full server refuses no further command of a script that has already written.
_WRITE_IF_NEWER = Script(
    LIBRARY
    + """
local answer = {0}
local function stored(key, field)
  local value = redis.pcall('HGET', key, field)
  if type(value) ~= 'table' then return value end
  if string.sub(value['err'], 1, 9) ~= 'WRONGTYPE' then error(value) end
  redis.call('UNLINK', key)
end
local function write(key, field, value, version)
  local time, sequence = string.match(version, '^(%d+)%.(%d+)$')
  local old, old_time, old_sequence = stored(key, field)
  if old then old_time, old_sequence = string.match(old, ':(%d+)%.(%d+)$') end
  if not old_time or newer(time, old_time)
      or (time == old_time and newer(sequence, old_sequence)) then
    local written = redis.pcall('HSET', key, field, value .. ':' .. version)
    if type(written) == 'table' then return written['err'] end
    answer[1] = answer[1] + 1
  end
end
for at, entry in ipairs(cmsgpack.unpack(ARGV[1])) do
  local refused = write(KEYS[entry[1]], entry[2], entry[3], entry[4])
  if refused then
    if string.sub(refused, 1, 3) ~= 'OOM' then return redis.error_reply(refused) end
    answer[#answer + 1] = at
    answer[#answer + 1] = refused
  end
end
for _, key in ipairs(KEYS) do redis.call('PERSIST', key) end
return answer
"""
)


class _Call(NamedTuple):
    """One call of the script and the entries that it writes."""

    command: Command
    entries: Sequence[CacheEntry]


class RedisCache:
    """A cache that writes all entries in one pipeline, with as few script calls as possible."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._marks = Marks(cache)

    def write(self, entries: Sequence[CacheEntry]) -> int:
        """See `CatalogCache`."""
        calls = list(_calls(entries, one_key=self._cache.cluster_mode))
        commands = [call.command for call in calls]
        checks = self._marks.checks()
        deadline = self._cache.deadline()
        try:
            answers = self._cache.run([*checks, *_WRITE_IF_NEWER.commands(commands)], deadline)
        except CacheError as error:
            raise EffectError(str(error)) from error
        written = _WRITE_IF_NEWER.completed(self._cache, commands, answers[len(checks) :], deadline)
        self._marks.learn(answers[: len(checks)], deadline)
        return _written(calls, written)

    def is_cold(self) -> bool:
        """See `CatalogCache`."""
        return self._marks.lost()

    def mark_warm(self) -> None:
        """See `CatalogCache`."""
        try:
            self._marks.set()
        except CacheError as error:
            raise EffectError(str(error)) from error


def _written(calls: Sequence[_Call], answers: Sequence[Any]) -> int:
    """Return the number of fields written. Raises `PartialWriteError`."""
    fields = 0
    failed: list[CacheEntry] = []
    cause = ""
    for call, answer in zip(calls, answers, strict=True):
        match answer:
            case CacheError():
                failed += call.entries
                cause = cause or str(answer)
            case [count, *refusals]:
                fields += count
                failed += [call.entries[at - 1] for at in refusals[::2]]
                cause = cause or ("cache: " + _text(refusals[1]) if refusals else "")
    if failed:
        raise PartialWriteError(cause, fields, failed)
    return fields


def _text(value: bytes | str) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def _calls(entries: Sequence[CacheEntry], *, one_key: bool) -> Iterator[_Call]:
    """Yield calls: number of keys, keys, and the entries in MessagePack with indexes of keys."""
    ordered = sorted(entries)
    groups = (
        [list(group) for _, group in groupby(ordered, key=lambda entry: entry.key)]
        if one_key
        else [ordered[at : at + FIELDS_PER_CALL] for at in range(0, len(ordered), FIELDS_PER_CALL)]
    )
    for group in groups:
        numbers: dict[str, int] = {}
        packed = [
            (numbers.setdefault(key, len(numbers) + 1), field, value, version)
            for key, field, value, version in group
        ]
        # One argument for all entries: the client is slow with many arguments.
        yield _Call((len(numbers), *numbers, msgspec.msgpack.encode(packed)), group)
