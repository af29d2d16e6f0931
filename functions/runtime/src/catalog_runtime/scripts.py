"""Lua scripts on the cache, sent by digest, and in full to servers that have not cached them.

https://valkey.io/topics/eval-intro/#script-cache
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from redis.exceptions import NoScriptError

from catalog_runtime.cache import Cache
from catalog_runtime.cache_errors import CacheError
from catalog_runtime.cache_slots import Command
from catalog_runtime.deadline import Deadline

# Numbers are compared as digit strings: Lua's have 53 bits, sequence numbers more than 180.
LIBRARY = """
local function newer(a, b)
  if #a ~= #b then return #a > #b end
  return a > b
end
"""


class Script:
    """A script; a call consists of the number of keys, the keys and the arguments."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._digest = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()

    def commands(self, calls: Sequence[Command]) -> list[Command]:
        """Return the commands for the calls; pass their answers to `completed`."""
        return [("EVALSHA", self._digest, *call) for call in calls]

    def completed(
        self, cache: Cache, calls: Sequence[Command], answers: Sequence[Any], deadline: Deadline
    ) -> list[Any]:
        """Send the script to servers that lack it; return the answers of all calls."""
        unknown = [
            at
            for at, answer in enumerate(answers)
            if isinstance(answer, CacheError) and answer.caused_by(NoScriptError)
        ]
        found = list(answers)
        # EVAL also caches the script for the next EVALSHA, on each primary.
        try:
            again = cache.run([("EVAL", self._text, *calls[at]) for at in unknown], deadline)
        except CacheError as error:
            again = [error] * len(unknown)
        for at, answer in zip(unknown, again, strict=True):
            found[at] = answer
        return found
