"""Connections to the servers of a cache, and parallel requests to them within a bounded time.

redis-py's cluster client tries dead servers one after the other, each with all its timeouts, and
fails a whole pipeline when one server is unavailable. Here each server has a plain client and a
thread, and servers that have not answered at the deadline are abandoned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Any

from botocore.httpsession import DEFAULT_CA_BUNDLE
from redis import Redis
from redis.backoff import NoBackoff
from redis.maint_notifications import MaintNotificationsConfig
from redis.retry import Retry

from catalog_runtime.cache_errors import CacheError
from catalog_runtime.cache_slots import Address, Command
from catalog_runtime.deadline import Deadline

# More than the primaries that a batch needs, even while some threads hang.
THREADS = 32
# Longer than a healthy server takes to answer.
GRACE_SECONDS = 0.1


class Servers:
    """The clients, one per server; `token` returns the token for a server."""

    def __init__(
        self,
        *,
        tls: bool,
        connect_seconds: float,
        reply_seconds: float,
        token: Callable[[Address], str | None],
    ) -> None:
        self._tls = tls
        self._connect_seconds = connect_seconds
        self._reply_seconds = reply_seconds
        self._token = token
        self._clients: dict[Address, Redis] = {}
        self._threads = ThreadPoolExecutor(THREADS, "cache")

    def exchange(
        self, batches: Mapping[Address, Sequence[Command]], deadline: Deadline
    ) -> dict[Address, list[Any]]:
        """Send each server its commands; return the answers, a `CacheError` for each failure."""
        futures = self._begin(batches)
        wait(futures, timeout=deadline.remaining)
        return {
            address: self._answers(future, address, len(batches[address]))
            for future, address in futures.items()
        }

    def ask_all(
        self, addresses: Sequence[Address], command: Command, deadline: Deadline
    ) -> Iterator[tuple[Address, Any]]:
        """Send a command to all servers; yield their answers as they arrive.

        Ends when all have answered, `GRACE_SECONDS` after the first answer without an error, or at
        the deadline.
        """
        futures = self._begin({address: [command] for address in addresses})
        pending, until = set(futures), deadline
        while pending:
            done, pending = wait(pending, timeout=until.remaining, return_when=FIRST_COMPLETED)
            if not done:
                return
            for future in done:
                answer = self._answers(future, futures[future], 1)[0]
                if not isinstance(answer, CacheError) and until is deadline:
                    until = Deadline(min(GRACE_SECONDS, deadline.remaining))
                yield futures[future], answer

    def drop(self, address: Address) -> None:
        """Close a connection; the next request resolves the host name again."""
        client = self._clients.pop(address, None)
        if client is not None:
            client.close()

    def close(self) -> None:
        """Close all connections."""
        for address in list(self._clients):
            self.drop(address)

    def _begin(
        self, batches: Mapping[Address, Sequence[Command]]
    ) -> dict[Future[list[Any]], Address]:
        return {
            self._threads.submit(_send, self._client(address), commands): address
            for address, commands in batches.items()
        }

    def _answers(self, future: Future[list[Any]], address: Address, count: int) -> list[Any]:
        if not future.done():
            client = self._clients.pop(address, None)
            if client is not None:
                future.add_done_callback(lambda _: client.close())
            return [CacheError("cache: no answer in time")] * count
        try:
            return future.result()
        # Only redis-py's code ran.
        except Exception as error:
            self.drop(address)
            return [CacheError.of(error)] * count

    def _client(self, address: Address) -> Redis:
        client = self._clients.get(address)
        if client is None:
            client = self._clients[address] = Redis(
                host=address.host,
                port=address.port,
                password=self._token(address),
                ssl=self._tls,
                # ElastiCache's certificates are signed by public authorities.
                **({"ssl_ca_certs": DEFAULT_CA_BUNDLE} if self._tls else {}),
                socket_connect_timeout=self._connect_seconds,
                socket_timeout=self._reply_seconds,
                # One retry: an idle connection may have been closed.
                retry=Retry(NoBackoff(), 1),
                maint_notifications_config=MaintNotificationsConfig(enabled=False),
            )
        return client


def _send(client: Redis, commands: Sequence[Command]) -> list[Any]:
    """Send commands in one pipeline; return the answers, a `CacheError` for each refusal."""
    pipeline: Any = client.pipeline(transaction=False)
    for command in commands:
        pipeline.execute_command(*command)
    return [
        CacheError.of(answer) if isinstance(answer, Exception) else answer
        for answer in pipeline.execute(raise_on_error=False)
    ]
