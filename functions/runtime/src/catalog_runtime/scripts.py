"""Lua scripts on the cache: sent by their digest, and in full to a server that does not know them.

https://valkey.io/topics/eval-intro/#script-cache
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Any

from redis.exceptions import NoScriptError

from catalog_runtime.cache import Client

Command = tuple[str | int | bytes, ...]

# Numbers are compared as digit strings: Lua's own have 53 bits, sequence numbers over 180.
NEWER = """
local function newer(a, b)
  if #a ~= #b then return #a > #b end
  return a > b
end
"""


class Script:
    """A script that answers with a number; a call is the number of its keys, keys, arguments."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._digest = hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()

    def commands(self, calls: Iterable[Command]) -> list[Command]:
        """What to send for the calls; what comes back is for `total`."""
        return [("EVALSHA", self._digest, *call) for call in calls]

    def total(self, client: Client, calls: Sequence[Command], answers: Sequence[Any]) -> int:
        """The sum of what the calls answered, once servers without the script were told of it.

        Raises the first `RedisError` among the answers.
        """
        known = [answer for answer in answers if not isinstance(answer, NoScriptError)]
        missed = [
            call
            for call, answer in zip(calls, answers, strict=True)
            if isinstance(answer, NoScriptError)
        ]
        if missed:
            # EVAL also leaves the script behind for the next EVALSHA, on each primary.
            known += send(client, [("EVAL", self._text, *call) for call in missed])
        return sum(checked(known))


def send(client: Client, commands: Iterable[Command]) -> list[Any]:
    """The answers to commands that were sent as one; errors are among them."""
    pipeline: Any = client.pipeline(transaction=False)
    for command in commands:
        pipeline.execute_command(*command)
    answers: list[Any] = pipeline.execute(raise_on_error=False)
    return answers


def checked(answers: list[Any]) -> list[Any]:
    """The same answers. Raises the first `RedisError` among them."""
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
    return answers
