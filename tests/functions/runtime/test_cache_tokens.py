from __future__ import annotations

import pytest

from catalog_runtime.cache_slots import Address
from catalog_runtime.cache_tokens import LONGEST_REFETCH_SECONDS, Tokens
from catalog_runtime.secrets import SecretError, Secrets
from support.cloud import FakeSecretsManager

ONE, OTHER = Address("one", 1), Address("other", 1)


class World:
    """Tokens at a time that only tests move."""

    def __init__(self, **secrets: str) -> None:
        self.now = 1000.0
        self.manager = FakeSecretsManager(**secrets)
        self.tokens = Tokens(Secrets(self.manager), "token", clock=lambda: self.now)

    def refused(self, address: Address = ONE) -> bool:
        return self.tokens.refused(address, set())


def test_without_a_secret_no_token_is_shown() -> None:
    tokens = Tokens(Secrets(FakeSecretsManager()), "")

    tokens.fetch_first()

    assert tokens.of(ONE) is None
    assert not tokens.refused(ONE, set())


def test_a_token_that_was_refused_is_fetched_again_and_shown() -> None:
    world = World(token="old")
    world.tokens.fetch_first()
    assert world.tokens.of(ONE) == "old"
    world.manager.secrets["token"] = "new"

    assert world.refused()

    assert world.tokens.of(ONE) == "new"


def test_a_server_that_has_not_changed_its_token_is_shown_the_old_one() -> None:
    world = World(token="old")
    world.tokens.fetch_first()
    assert world.tokens.of(OTHER) == "old"
    world.manager.secrets["token"] = "new"
    world.refused()

    assert world.tokens.of(OTHER) == "old"
    third = Address("third", 1)
    assert world.tokens.of(third) == "new"
    assert world.tokens.refused(third, set())
    assert world.tokens.of(third) == "old"


def test_in_one_run_no_token_is_shown_twice_to_a_server() -> None:
    world = World(token="old")
    world.tokens.fetch_first()
    world.tokens.of(ONE)
    world.manager.secrets["token"] = "new"
    tried: set[tuple[Address, str]] = set()

    assert world.tokens.refused(ONE, tried)
    assert not world.tokens.refused(ONE, tried)
    assert tried == {(ONE, "old"), (ONE, "new")}


def test_a_secret_that_does_not_change_is_fetched_more_and_more_rarely() -> None:
    world = World(token="wrong")
    world.tokens.fetch_first()

    for _ in range(6000):
        world.refused()
        world.now += 0.1

    assert len(world.manager.fetched) < 2 + 6 + 600 / LONGEST_REFETCH_SECONDS


def test_one_rotation_after_the_other_is_followed_at_once() -> None:
    world = World(token="0")
    world.tokens.fetch_first()

    for number in range(1, 20):
        world.manager.secrets["token"] = str(number)
        assert world.refused()
        assert world.tokens.of(ONE) == str(number)


def test_a_secret_that_cannot_be_fetched_leaves_the_known_tokens() -> None:
    world = World(token="old")
    world.tokens.fetch_first()
    del world.manager.secrets["token"]

    assert not world.refused()
    assert world.tokens.of(ONE) == "old"


def test_a_secret_that_never_could_be_fetched_is_not_asked_for_in_every_run() -> None:
    world = World()

    for _ in range(50):
        with pytest.raises(SecretError):
            world.tokens.fetch_first()

    assert len(world.manager.fetched) == 1
    world.manager.secrets["token"] = "here"
    world.now += 1
    world.tokens.fetch_first()
    assert world.tokens.of(ONE) == "here"
