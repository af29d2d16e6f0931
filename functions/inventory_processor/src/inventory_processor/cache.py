"""Stock levels in a Redis-compatible cache that never goes back in time.

Key `stock:{<sku>}` is a hash: field = warehouse, value = `<quantity>:<version>`. The braces keep
all warehouses of an article on one shard: https://valkey.io/topics/cluster-spec/#hash-tags
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from redis import Redis
from redis.cluster import RedisCluster
from redis.exceptions import AuthenticationError, NoScriptError, RedisError

from inventory_processor.inventory import StockLevel
from inventory_processor.ports import EffectError

Client = Redis | RedisCluster

# Numbers are compared as digit strings: Lua's own have 53 bits, sequence numbers over 180.
_WRITE_IF_NEWER = """
local function newer(a, b)
  if #a ~= #b then return #a > #b end
  return a > b
end
local written = 0
for i = 1, #ARGV, 4 do
  local warehouse, quantity, time, sequence = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  local held = redis.call('HGET', KEYS[1], warehouse)
  local held_time, held_sequence
  if held then held_time, held_sequence = string.match(held, '^%d+:(%d+)%.(%d+)$') end
  if not held_time or newer(time, held_time)
      or (time == held_time and newer(sequence, held_sequence)) then
    redis.call('HSET', KEYS[1], warehouse, quantity .. ':' .. time .. '.' .. sequence)
    written = written + 1
  end
end
return written
"""
_DIGEST = hashlib.sha1(_WRITE_IF_NEWER.encode(), usedforsecurity=False).hexdigest()

Call = tuple[str, ...]


class RedisStockCache:
    """Writes one script call per article, all in one pipeline."""

    def __init__(self, connect: Callable[[], Client], forget_secret: Callable[[], None]) -> None:
        self._connect = connect
        self._forget_secret = forget_secret
        self._client: Client | None = None

    def write(self, levels: Sequence[StockLevel]) -> int:
        """See `StockCache`."""
        calls = [_call(sku, list(group)) for sku, group in groupby(sorted(levels), _sku)]
        try:
            try:
                return self._write(calls)
            except AuthenticationError:
                self._forget_secret()
                self._client = None
                return self._write(calls)
        except (RedisError, OSError) as error:
            # A new client asks again who the cluster's primaries are.
            self._client = None
            raise EffectError(f"cache: {type(error).__name__}: {error}") from error

    def _write(self, calls: list[Call]) -> int:
        if self._client is None:
            self._client = self._connect()
        results = self._send(self._client, "EVALSHA", _DIGEST, calls)
        missed = [
            call for call, result in zip(calls, results, strict=True) if _lacks_script(result)
        ]
        if missed:
            # EVAL also leaves the script behind for the next EVALSHA, on each primary.
            results += self._send(self._client, "EVAL", _WRITE_IF_NEWER, missed)
        for result in results:
            if isinstance(result, Exception) and not _lacks_script(result):
                raise result
        return sum(result for result in results if isinstance(result, int))

    @staticmethod
    def _send(client: Client, command: str, script: str, calls: list[Call]) -> list[Any]:
        pipeline: Any = client.pipeline(transaction=False)
        for call in calls:
            pipeline.execute_command(command, script, 1, *call)
        results: list[Any] = pipeline.execute(raise_on_error=False)
        return results


def _sku(level: StockLevel) -> str:
    return level.sku


def _call(sku: str, levels: list[StockLevel]) -> Call:
    arguments = [f"stock:{{{sku}}}"]
    for level in levels:
        quantity, time, sequence = level.quantity, level.occurred_at_us, level.sequence_number
        arguments += [level.warehouse, str(quantity), str(time), str(sequence)]
    return tuple(arguments)


def _lacks_script(result: object) -> bool:
    return isinstance(result, NoScriptError)
