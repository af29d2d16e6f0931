"""Articles and pages in the cache; a newer value is never overwritten by an older one."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import msgspec

from catalog_reader.article import NOT_CACHED, Article, Cached
from catalog_reader.cached_values import are_valid, read_page
from catalog_reader.ports import CachedPage, PartialCacheError, StoreError
from catalog_runtime.cache import Cache, CacheError
from catalog_runtime.cache_slots import Command
from catalog_runtime.deadline import Deadline
from catalog_runtime.reaction import Reaction
from catalog_runtime.scripts import LIBRARY, Script

# Longer than a read of the database may take, and short, so that a crashed reader blocks the
# others only briefly.
TURN_MS = 3000
# Pages are useful for seconds only; pages that are not requested expire.
PAGE_MS = 60_000
# Upper bounds of the pages and hashes that our functions write.
MOST_PAGE_BYTES = 1 << 20
MOST_FIELDS = 10_000

# KEYS: stock, product, turn. ARGV: time of the database read (ms) and lifetime of an unknown
# article (ms); then five for each field: index of the key, name, value, and the two numbers of its
# version. A key of another type is overwritten: the cache is a copy.
_FILL = Script(
    LIBRARY + f"""
for i = 1, 2 do
  local kind = redis.call('TYPE', KEYS[i])['ok']
  if kind ~= 'hash' and kind ~= 'none' then redis.call('UNLINK', KEYS[i]) end
  if redis.call('HLEN', KEYS[i]) > {MOST_FIELDS} then redis.call('UNLINK', KEYS[i]) end
end
"""
    """
local written = 0
for i = 3, #ARGV, 5 do
  local key, field, value = KEYS[tonumber(ARGV[i])], ARGV[i + 1], ARGV[i + 2]
  local revision, sequence = ARGV[i + 3], ARGV[i + 4]
  local old = redis.call('HGET', key, field)
  local old_revision, old_sequence
  if old then old_revision, old_sequence = string.match(old, ':(%d+)%.(%d+)$') end
  if not old_revision or newer(revision, old_revision)
      or (revision == old_revision and newer(sequence, old_sequence)) then
    redis.call('HSET', key, field, value .. ':' .. revision .. '.' .. sequence)
    written = written + 1
  end
end
local fields = 0
for i = 1, 2 do
  local complete = redis.call('HGET', KEYS[i], '*')
  if not complete or newer(ARGV[1], complete) then redis.call('HSET', KEYS[i], '*', ARGV[1]) end
  fields = fields + redis.call('HLEN', KEYS[i]) - 1
end
for i = 1, 2 do
  if fields == 0 then
    redis.call('PEXPIRE', KEYS[i], ARGV[2])
  else
    redis.call('PERSIST', KEYS[i])
  end
end
redis.call('DEL', KEYS[3])
return written
"""
)


class RedisStockCache:
    """The keys of the reader: the hashes of articles, `page:{<name>}`, and locks `turn:{…}`."""

    def __init__(
        self, cache: Cache, *, unknown_seconds: float, clock: Callable[[], float] = time.time
    ) -> None:
        self._cache = cache
        self._unknown_ms = str(max(1, int(unknown_seconds * 1000)))
        self._clock = clock

    def read(self, skus: Sequence[str]) -> dict[str, Cached]:
        """See `StockCache`."""
        keys = [key for sku in skus for key in _keys(sku)]
        deadline = self._cache.deadline()
        found_by_key = self._run([("HGETALL", key) for key in keys], deadline)
        answers = dict(zip(keys, found_by_key, strict=True))
        now_ms = int(self._clock() * 1000)
        found: dict[str, Cached] = {}
        invalid: list[str] = []
        for sku in skus:
            pair = [answers[key] for key in _keys(sku)]
            if any(isinstance(each, CacheError) and each.away for each in pair):
                continue
            stock, product = map(_fields, pair)
            found[sku] = Cached.read(stock, product)
            errors = [each for each in pair if isinstance(each, CacheError)]
            valid = are_valid(found[sku], stock, product, now_ms)
            if errors or not valid:
                found[sku] = NOT_CACHED
            if not valid or any(error.reaction is Reaction.DEGRADE for error in errors):
                invalid += _keys(sku)
        self._discard(invalid, deadline)
        return found

    def fill(self, articles: Mapping[str, Article], read_at_ms: int) -> int:
        """See `StockCache`."""
        calls = [self._fill_call(sku, article, read_at_ms) for sku, article in articles.items()]
        deadline = self._cache.deadline()
        answers = self._run(_FILL.commands(calls), deadline)
        answers = _FILL.completed(self._cache, calls, answers, deadline)
        errors = {
            sku: answer
            for sku, answer in zip(articles, answers, strict=True)
            if isinstance(answer, CacheError)
        }
        written = sum(int(each) for each in answers if not isinstance(each, CacheError))
        if errors:
            cause = str(next(iter(errors.values())))
            raise PartialCacheError(cause, written, tuple(errors))
        return written

    def flush(self) -> None:
        """Remove everything from all servers. Raises `StoreError`; repeating it is safe.

        The processor notices the lost content and sends the catalog again, as after a restart.
        """
        try:
            # ASYNC answers at once; the server frees the memory afterwards.
            self._cache.run_on_primaries(("FLUSHALL", "ASYNC"))
        except CacheError as error:
            raise StoreError(str(error)) from error

    def take_turns(self, names: Collection[str]) -> set[str]:
        """See `StockCache`."""
        asked = list(names)
        answers = self._run([("SET", _turn(name), "1", "NX", "PX", TURN_MS) for name in asked])
        # Also for a server that does not answer: no other reader can have the turn there.
        return {name for name, answer in zip(asked, answers, strict=True) if answer}

    def read_page(self, name: str) -> CachedPage | None:
        """See `StockCache`."""
        # Do not transfer values that are longer than any page.
        (text,) = self._run([("GETRANGE", _page(name), 0, MOST_PAGE_BYTES - 1)])
        if isinstance(text, CacheError):
            if text.away:
                raise PartialCacheError(str(text), 0, (name,))
            return None
        return read_page(text, int(self._clock() * 1000))

    def fill_page(self, name: str, page: CachedPage) -> None:
        """See `StockCache`."""
        text = msgspec.json.encode(page)
        answers = self._run([("SET", _page(name), text, "PX", PAGE_MS), ("DEL", _turn(name))])
        for answer in answers:
            if isinstance(answer, CacheError):
                raise PartialCacheError(str(answer), 0, (name,))

    def close(self) -> None:
        """Close the connections."""
        self._cache.close()

    def _fill_call(self, sku: str, article: Article, read_at_ms: int) -> Command:
        arguments: list[Any] = [read_at_ms, self._unknown_ms]
        for level in article.levels:
            arguments += [1, level.warehouse, level.quantity, *level.version]
        for fact in article.facts:
            arguments += [2, fact.name, fact.value, *fact.version]
        # As text: the client does not accept integers of that size.
        return (3, *_keys(sku), _turn(sku), *map(str, arguments))

    def _discard(self, keys: Sequence[str], deadline: Deadline) -> None:
        """Remove keys with invalid values, before the database is read.

        Values written from then on stay; values written before are in the database.
        """
        with contextlib.suppress(StoreError):
            self._run([("UNLINK", key) for key in keys], deadline)

    def _run(self, commands: Sequence[Command], deadline: Deadline | None = None) -> list[Any]:
        try:
            return self._cache.run(commands, deadline)
        except CacheError as error:
            raise StoreError(str(error)) from error


def _fields(answer: Any) -> dict[str, str]:
    return {
        _text(name): _text(value)
        for name, value in (answer.items() if isinstance(answer, dict) else ())
    }


def _text(value: bytes | str) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def _keys(sku: str) -> tuple[str, str]:
    return f"stock:{{{sku}}}", f"product:{{{sku}}}"


def _turn(name: str) -> str:
    return f"turn:{{{name}}}"


def _page(name: str) -> str:
    return f"page:{{{name}}}"
