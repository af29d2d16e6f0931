"""Free and requested loopback ports."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from embedded_aws.errors import EmbeddedAwsError
from embedded_aws.servers import ports


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as server:
        server.bind((ports.LOOPBACK, 0))
        server.listen()
        yield server.getsockname()[1]


def test_a_port_in_use_is_not_free(taken: int) -> None:
    assert not ports.is_free(taken)


def test_chosen_ports_are_free_and_differ() -> None:
    chosen = ports.choose(5)
    assert len(set(chosen)) == 5
    assert all(ports.is_free(port) for port in chosen)


def test_a_chosen_port_is_not_given_away_before_its_server_starts() -> None:
    chosen = [ports.choose(1)[0] for _ in range(500)]
    assert len(set(chosen)) == 500
    with socket.socket() as server:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind((ports.LOOPBACK, chosen[0]))
        server.listen()


def test_a_requested_port_in_use_is_reported(taken: int) -> None:
    with pytest.raises(
        EmbeddedAwsError, match=f"port {taken} for the endpoint is in use"
    ) as caught:
        ports.require(taken, "the endpoint")
    assert caught.value.hint
