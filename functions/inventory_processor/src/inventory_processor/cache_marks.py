"""Detection of lost cache content, by marker keys that disappear with it.

If a marker is missing because content was lost, the whole catalog is sent again. A full server
may have evicted the marker like any other key: then the marker is set again and nothing is sent.
A server that lost its content (restarted empty, flushed, replaced by an empty replica) is far from
full.

A cluster has one marker in each sixteenth of the slots. Markers move with their slots, so that
each of up to 16 primaries has at least one and the loss of one primary's content is detected.
"""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from catalog_runtime.cache import Cache, CacheError
from catalog_runtime.cache_slots import Command
from catalog_runtime.deadline import Deadline
from catalog_runtime.scripts import Script

MARK = "catalog:known"
# Hash tags with evenly distributed slots: `1024 * number + 512` for each number below 16.
TAGS = (
    1768, 20261, 18360, 41271, 3453, 11199, 29098, 8591,
    265, 45842, 13409, 17891, 46093, 3635, 2912, 48623,
)  # fmt: skip
# To a server that did not restart, the catalog is sent at most this often in this time.
MOST_RESENDS = 3
RESEND_SECONDS = 300.0
# An empty server of the smallest size uses a third of its memory; a full one never less than this.
FULL = 0.5

# TOUCH counts as a use, unlike EXISTS, so that the marker is the last key to be evicted.
_CHECK = Script(
    """
if redis.call('TOUCH', KEYS[1]) == 1 then return '' end
local info = redis.pcall('INFO')
if type(info) == 'table' then return 'unknown' end
return info
"""
)


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """Fields of a server's INFO reply: https://valkey.io/commands/info/."""

    run_id: str
    used_memory: int
    maximum_memory: int
    policy: str
    freeing: bool

    @classmethod
    def read(cls, info: str) -> ServerFacts:
        """Parse an INFO reply; missing fields count as empty."""
        lines = (line.partition(":") for line in info.splitlines())
        found = {name: value for name, _, value in lines}
        return cls(
            run_id=found.get("run_id", ""),
            used_memory=int(found.get("used_memory", 0)),
            maximum_memory=int(found.get("maxmemory", 0)),
            policy=found.get("maxmemory_policy", ""),
            freeing=found.get("lazyfree_pending_objects", "0") != "0",
        )

    @property
    def may_have_evicted(self) -> bool:
        """Return whether the server may have evicted a key without expiry."""
        full = self.used_memory >= FULL * self.maximum_memory > 0
        return self.policy.startswith("allkeys-") and full


class Marks:
    """The markers of a cache, and which of them are missing because content was lost."""

    def __init__(self, cache: Cache, clock: Callable[[], float] = time.monotonic) -> None:
        self._cache = cache
        self._clock = clock
        self._keys = [f"{MARK}:{{{tag}}}" for tag in TAGS] if cache.cluster_mode else [MARK]
        self._missing: dict[str, ServerFacts] = {}
        self._resent: dict[tuple[str, str], deque[float]] = {}

    def checks(self) -> list[Command]:
        """Return the commands whose replies `learn` takes."""
        return _CHECK.commands(self._calls())

    def learn(self, answers: Sequence[Any], deadline: Deadline) -> None:
        """Remember which markers are missing, and set those again that were evicted.

        A server that does not answer counts as one that has lost nothing.
        """
        answers = _CHECK.completed(self._cache, self._calls(), answers, deadline)
        found = {
            key: ServerFacts.read(_text(answer))
            for key, answer in zip(self._keys, answers, strict=True)
            if answer and not isinstance(answer, CacheError)
        }
        evicted = [key for key, facts in found.items() if facts.may_have_evicted]
        # While a server frees memory, it may have been full: the next check decides.
        self._missing = {
            key: facts
            for key, facts in found.items()
            if not facts.may_have_evicted and not facts.freeing
        }
        with contextlib.suppress(CacheError):
            self._cache.run([("SET", key, 1) for key in evicted], deadline)

    def lost(self) -> bool:
        """Return whether a server lost its content and the catalog is due to be sent again."""
        return any(self._is_due(key, facts) for key, facts in self._missing.items())

    def set(self) -> None:
        """Set the missing markers, so that a later loss is detected. Raises `CacheError`."""
        missing, self._missing = self._missing, {}
        for key, facts in missing.items():
            times = self._resent.setdefault((key, facts.run_id), deque(maxlen=MOST_RESENDS))
            times.append(self._clock())
        for answer in self._cache.run([("SET", key, 1) for key in missing]):
            if isinstance(answer, CacheError):
                raise answer

    def _is_due(self, key: str, facts: ServerFacts) -> bool:
        times = self._resent.get((key, facts.run_id)) or deque[float]()
        return len(times) < MOST_RESENDS or self._clock() - times[0] >= RESEND_SECONDS

    def _calls(self) -> list[Command]:
        return [(1, key) for key in self._keys]


def _text(value: bytes | str) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else value
