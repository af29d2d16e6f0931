"""Articles and pages in a Redis-compatible cache; an article never goes back in time."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from catalog_reader.article import Article, Cached
from catalog_reader.ports import CachedPage, SourceError
from catalog_runtime.cache import Cache, CacheError, Client
from catalog_runtime.scripts import NEWER, Command, Script, checked, send

T = TypeVar("T")

# Longer than a read of the database may take; whoever dies during one holds up nobody for long.
TURN_MS = 3000
# A page is worth something only for seconds; nobody renews one that nobody asks for.
PAGE_MS = 60_000

# KEYS: stock, product, turn. ARGV: milliseconds at which the database was read, and for which an
# article that is not known is remembered; then five for each field: which key, name, value, and
# the two numbers of its version.
_FILL = Script(
    NEWER
    + """
local written = 0
for i = 3, #ARGV, 5 do
  local key, field, value = KEYS[tonumber(ARGV[i])], ARGV[i + 1], ARGV[i + 2]
  local revision, sequence = ARGV[i + 3], ARGV[i + 4]
  local held = redis.call('HGET', key, field)
  local held_revision, held_sequence
  if held then held_revision, held_sequence = string.match(held, ':(%d+)%.(%d+)$') end
  if not held_revision or newer(revision, held_revision)
      or (revision == held_revision and newer(sequence, held_sequence)) then
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
_PAGE = msgspec.json.Decoder(CachedPage)


class RedisStockCache:
    """The two hashes of an `article`, `page:{<name>}`, and `turn:{…}` while somebody reads."""

    def __init__(self, cache: Cache, *, unknown_seconds: float) -> None:
        self._cache = cache
        self._unknown_ms = str(max(1, int(unknown_seconds * 1000)))

    def read(self, skus: Sequence[str]) -> dict[str, Cached]:
        """See `StockCache`."""
        answers = self._each(("HGETALL", key) for sku in skus for key in _keys(sku))
        fields = [_fields(answer) for answer in answers]
        return {
            sku: Cached.read(stock, product)
            for sku, stock, product in zip(skus, fields[::2], fields[1::2], strict=True)
        }

    def fill(self, articles: Mapping[str, Article], read_at_ms: int) -> int:
        """See `StockCache`."""
        calls = [self._fill_call(sku, article, read_at_ms) for sku, article in articles.items()]

        def work(client: Client) -> int:
            return _FILL.total(client, calls, send(client, _FILL.commands(calls)))

        return self._run(work)

    def take_turns(self, names: Collection[str]) -> set[str]:
        """See `StockCache`."""
        asked = list(names)
        answers = self._each(("SET", _turn(name), "1", "NX", "PX", TURN_MS) for name in asked)
        return {name for name, answer in zip(asked, answers, strict=True) if answer}

    def read_page(self, name: str) -> CachedPage | None:
        """See `StockCache`."""
        (text,) = self._each([("GET", f"page:{{{name}}}")])
        try:
            return None if text is None else _PAGE.decode(text)
        except msgspec.MsgspecError:
            return None

    def fill_page(self, name: str, page: CachedPage) -> None:
        """See `StockCache`."""
        text = msgspec.json.encode(page)
        self._each([("SET", f"page:{{{name}}}", text, "PX", PAGE_MS), ("DEL", _turn(name))])

    def close(self) -> None:
        """Give the connections back."""
        self._cache.close()

    def _fill_call(self, sku: str, article: Article, read_at_ms: int) -> Command:
        arguments: list[Any] = [read_at_ms, self._unknown_ms]
        for level in article.levels:
            arguments += [1, level.warehouse, level.quantity, *level.version]
        for fact in article.facts:
            arguments += [2, fact.name, fact.value, *fact.version]
        # As text: a client would not write integers of that size.
        return (3, *_keys(sku), _turn(sku), *map(str, arguments))

    def _each(self, commands: Iterable[Command]) -> list[Any]:
        listed = list(commands)
        return self._run(lambda client: checked(send(client, listed)))

    def _run(self, work: Callable[[Client], T]) -> T:
        try:
            return self._cache.run(work)
        except CacheError as error:
            raise SourceError(str(error)) from error


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
