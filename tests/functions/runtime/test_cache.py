from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from redis.crc import key_slot
from redis.exceptions import AskError, MovedError, ReadOnlyError, ResponseError, TryAgainError

from catalog_runtime.cache import MOST_ROUNDS, Cache
from catalog_runtime.cache_errors import CacheError
from catalog_runtime.cache_slots import Address, Command, Slots, key_of
from catalog_runtime.deadline import Deadline
from catalog_runtime.secrets import Secrets
from support.caches import settings
from support.cloud import FakeSecretsManager

ONE, TWO = Address("127.0.0.1", 1), Address("127.0.0.1", 2)
ALL_ON_ONE = [[0, 16383, [b"127.0.0.1", 1, b"id"], [b"127.0.0.1", 2, b"id"]]]
GETS: list[Command] = [("GET", f"key-{number}") for number in range(5)]


class Script:
    """Servers with prepared answers; `sent` has the commands that each received."""

    def __init__(self, **answers: Any) -> None:
        self.answers = {ONE: answers.get("one", b"one"), TWO: answers.get("two", b"two")}
        self.sent: list[tuple[Address, Sequence[Command]]] = []
        self.dropped: list[Address] = []
        self.topologies = 0
        self.topology: list[Any] = ALL_ON_ONE

    def exchange(
        self, batches: Mapping[Address, Sequence[Command]], _: Deadline
    ) -> dict[Address, list[Any]]:
        self.sent += batches.items()
        return {
            address: [self._answer(address) for _ in commands]
            for address, commands in batches.items()
        }

    def ask_all(self, addresses: Sequence[Address], *_: Any) -> list[tuple[Address, Any]]:
        self.topologies += 1
        return [(addresses[0], self.topology)]

    def drop(self, address: Address) -> None:
        self.dropped.append(address)

    def _answer(self, address: Address) -> Any:
        answer = self.answers[address]
        if isinstance(answer, list):
            answer = answer.pop(0)
        return CacheError.of(answer) if isinstance(answer, Exception) else answer


def cache(script: Script, *, cluster_mode: bool = True) -> Cache:
    found = Cache(
        settings(1, cluster_mode=cluster_mode),
        Secrets(FakeSecretsManager()),
        connect_seconds=0.5,
        reply_seconds=0.5,
        avoid_seconds=60,
    )
    found._servers = script  # type: ignore[assignment]
    return found


def test_a_moved_key_is_followed_at_once_and_the_map_learnt_before_the_next_run() -> None:
    script = Script(one=[MovedError(f"{key_slot(b'a')} 127.0.0.1:2"), b"one"])
    moved = cache(script)

    assert moved.run([("GET", "a")]) == [b"two"]
    assert script.topologies == 1
    assert moved.run([("GET", "a")]) == [b"one"]
    assert script.topologies == 2


def test_a_key_between_two_servers_is_asked_for_where_it_went() -> None:
    script = Script(one=AskError("5 127.0.0.1:2"))

    assert cache(script).run([("GET", "a")]) == [b"two"]
    assert script.sent[-1] == (TWO, [("ASKING",), ("GET", "a")])


def test_servers_that_send_a_command_to_each_other_end() -> None:
    script = Script(one=AskError("5 127.0.0.1:2"), two=AskError("5 127.0.0.1:1"))

    (answer,) = cache(script).run([("GET", "a")])

    assert answer.caused_by(AskError)
    assert len(script.sent) <= MOST_ROUNDS


def test_a_key_that_is_split_is_asked_for_again_after_a_moment() -> None:
    script = Script(one=[TryAgainError("TRYAGAIN"), TryAgainError("TRYAGAIN"), b"one"])
    started = time.monotonic()

    assert cache(script).run([("GET", "a")]) == [b"one"]
    assert time.monotonic() - started >= 0.1


def test_all_commands_of_a_demoted_server_are_repeated_once_on_a_new_connection() -> None:
    refusals: list[Any] = [ReadOnlyError("READONLY") for _ in GETS]
    script = Script(one=[*refusals, *[b"one" for _ in GETS]])

    assert cache(script, cluster_mode=False).run(GETS) == [b"one"] * len(GETS)
    assert script.dropped == [ONE]

    script = Script(one=ReadOnlyError("READONLY"))
    answers = cache(script, cluster_mode=False).run(GETS)
    assert all(answer.read_only and not answer.away for answer in answers)
    assert len(script.sent) == 2


def test_one_command_that_is_refused_leaves_the_answers_of_the_others() -> None:
    script = Script(one=[b"1", ResponseError("WRONGTYPE"), b"3", b"4", b"5"])

    answers = cache(script).run(GETS)

    assert [answer for answer in answers if not isinstance(answer, CacheError)] == [
        b"1", b"3", b"4", b"5",
    ]  # fmt: skip
    assert len(script.sent) == 1


def test_a_server_that_was_away_is_left_alone() -> None:
    script = Script(one=ConnectionRefusedError())
    away = cache(script)

    for _ in range(3):
        with pytest.raises(CacheError, match="ConnectionRefusedError"):
            away.run(GETS)

    assert len(script.sent) == 1


def test_one_primary_that_is_away_is_not_the_whole_cluster() -> None:
    script = Script(two=ConnectionRefusedError())
    script.topology = [[0, 8000, [b"127.0.0.1", 1, b"id"]], [8001, 16383, [b"127.0.0.1", 2, b"id"]]]
    halved = cache(script)
    away = next(key for key in "abcdefgh" if key_slot(key.encode()) > 8000)
    well = next(key for key in "abcdefgh" if key_slot(key.encode()) <= 8000)

    for _ in range(2):
        (answer,) = halved.run([("GET", away)])
        assert answer.away
        assert halved.run([("GET", well)]) == [b"one"]

    script.answers[ONE] = ConnectionRefusedError()
    with pytest.raises(CacheError):
        halved.run([("GET", well)])
    with pytest.raises(CacheError):
        halved.run([("GET", away)])


def test_several_runs_share_one_deadline() -> None:
    script = Script(one=TryAgainError("TRYAGAIN"))
    slow = cache(script)
    deadline = Deadline(0.2)
    started = time.monotonic()

    for _ in range(3):
        with pytest.raises(CacheError):
            slow.run([("GET", "a")], deadline)

    assert time.monotonic() - started < 1


@pytest.mark.parametrize(
    "answer",
    [
        [],
        b"OK",
        None,
        [[0]],
        [[0, 1]],
        [[0, 99999, [b"h", 1]]],
        [[0, 1, [b"\xff", 1]]],
        [[0, 1, 2]],
    ],
)
def test_an_answer_that_is_no_map_of_slots_is_refused(answer: Any) -> None:
    with pytest.raises((ValueError, TypeError, LookupError, AttributeError)):
        Slots.learn(answer, ONE)


@pytest.mark.parametrize("host", [b"", None, b"?"])
def test_a_server_without_a_name_is_the_one_that_answered(host: bytes | None) -> None:
    slots = Slots.learn([[0, 16383, [host, 7, b"id"]]], Address("there", 1))

    assert slots.primary(("GET", "a")) == Address("there", 7)


def test_the_key_of_a_script_is_its_first() -> None:
    assert key_of(("EVALSHA", "digest", 2, "a", "b", "c")) == "a"
    assert key_of(("GET", b"a")) == b"a"


def test_a_command_without_keys_goes_once_to_every_primary() -> None:
    script = Script()
    script.topology = [[0, 99, [b"127.0.0.1", 1, b"id"]], [100, 16383, [b"127.0.0.1", 2, b"id"]]]
    cache(script).run_on_primaries(("FLUSHALL",))
    assert sorted(script.sent) == [(ONE, [("FLUSHALL",)]), (TWO, [("FLUSHALL",)])]
    script = Script(one=CacheError("down"))
    script.topology = ALL_ON_ONE
    with pytest.raises(CacheError, match="down"):
        cache(script).run_on_primaries(("FLUSHALL",))


def test_a_command_for_all_primaries_of_a_silent_cluster_fails() -> None:
    script = Script()
    script.topology = []
    with pytest.raises(CacheError, match="no server answers"):
        cache(script).run_on_primaries(("FLUSHALL",))
