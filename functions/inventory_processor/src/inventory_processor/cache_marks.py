"""Marks in the cache that go when its content goes: whoever misses one sends the catalog again.

A missing mark alone proves nothing: a server that is full evicts it like any other key. Such a
server has content; so the mark is set again and nothing is sent. A server that lost its content
(restarted empty, flushed, replaced by an empty replica) is far from full.

In a cluster one mark stands in each sixteenth of the slots and moves with its slot, so that each
primary of up to 16 has at least one, and the loss of a single primary's content is noticed.
"""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from catalog_runtime.cache import Cache, CacheError
from catalog_runtime.cache_servers import Deadline
from catalog_runtime.cache_slots import Command
from catalog_runtime.scripts import Script

MARK = "catalog:known"
# Their slots are spread evenly: `1024 * number + 512` for each number below 16.
TAGS = (
    1768, 20261, 18360, 41271, 3453, 11199, 29098, 8591,
    265, 45842, 13409, 17891, 46093, 3635, 2912, 48623,
)  # fmt: skip
# So often the catalog is sent again within that time to a server that did not restart.
MOST_RESENDS = 3
RESEND_SECONDS = 300.0
# An empty server of the smallest size is at a third of its memory; a full one never below this.
FULL = 0.5

# TOUCH counts as a use, so that the mark is the last key to be evicted; EXISTS does not.
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
    """What a server says about itself: https://valkey.io/commands/info/."""

    run_id: str
    used_memory: int
    maximum_memory: int
    policy: str
    freeing: bool

    @classmethod
    def read(cls, info: str) -> ServerFacts:
        """From the text of INFO; what is missing counts as empty."""
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
        """Whether eviction explains that a key without expiry is missing."""
        full = self.used_memory >= FULL * self.maximum_memory > 0
        return self.policy.startswith("allkeys-") and full


class Marks:
    """All marks of a cache, and which of them are missing because content was lost."""

    def __init__(self, cache: Cache, clock: Callable[[], float] = time.monotonic) -> None:
        self._cache = cache
        self._clock = clock
        self._keys = [f"{MARK}:{{{tag}}}" for tag in TAGS] if cache.cluster_mode else [MARK]
        self._missing: dict[str, ServerFacts] = {}
        self._resent: dict[tuple[str, str], deque[float]] = {}

    def checks(self) -> list[Command]:
        """Commands whose answers are for `learn`."""
        return _CHECK.commands(self._calls())

    def learn(self, answers: Sequence[Any], deadline: Deadline) -> None:
        """Note which marks are missing; those that were evicted are set again.

        A server that does not answer has not lost anything yet.
        """
        answers = _CHECK.completed(self._cache, self._calls(), answers, deadline)
        found = {
            key: ServerFacts.read(_text(answer))
            for key, answer in zip(self._keys, answers, strict=True)
            if answer and not isinstance(answer, CacheError)
        }
        evicted = [key for key, facts in found.items() if facts.may_have_evicted]
        # While a server frees memory, it is unclear whether it was full: the next time will tell.
        self._missing = {
            key: facts
            for key, facts in found.items()
            if not facts.may_have_evicted and not facts.freeing
        }
        with contextlib.suppress(CacheError):
            self._cache.run([("SET", key, 1) for key in evicted], deadline)

    def lost(self) -> bool:
        """Whether the content of a server was lost and it is time to send everything again."""
        return any(self._is_due(key, facts) for key, facts in self._missing.items())

    def set(self) -> None:
        """Set the missing marks: what is lost from now on is another loss. Raises `CacheError`."""
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
