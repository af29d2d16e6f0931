"""The faults that are injected while updates arrive; each ends when its function returns."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from chaos.environment import NAME, Environment
from chaos.replicated import ReplicatedStores

S3_SECONDS = 3.0
SLOW_MACHINE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault: its name in the report, and the function that injects it."""

    name: str
    inject: Callable[[Environment], None]


def _nothing(_environment: Environment) -> None:
    pass


def _kill(*parts: str) -> Callable[[Environment], None]:
    def inject(environment: Environment) -> None:
        environment.kill(*parts)

    return inject


def _kill_workers(environment: Environment) -> None:
    for _ in range(8):
        environment.kill_worker()
        time.sleep(0.15)


def _s3_errors(environment: Environment) -> None:
    proxy, lost = environment.proxy, environment.proxy.responses_lost
    proxy.failing = True
    time.sleep(S3_SECONDS)
    # On a slow machine, the requests so far may all have been rejected.
    until = time.monotonic() + SLOW_MACHINE_SECONDS
    while proxy.responses_lost == lost and time.monotonic() < until:
        time.sleep(0.05)
    proxy.failing = False


def _s3_delays(environment: Environment) -> None:
    environment.proxy.delay = 0.4
    time.sleep(S3_SECONDS)
    environment.proxy.delay = 0.0


def _everything(environment: Environment) -> None:
    environment.proxy.failing, environment.proxy.delay = True, 0.1
    environment.kill_worker()
    environment.kill("cache", "postgres", "aws")
    environment.kill_worker()
    environment.proxy.failing, environment.proxy.delay = False, 0.0


def _split(environment: Environment) -> None:
    """Split each open shard in the middle: UpdateShardCount is limited to ten calls per day."""
    kinesis = environment.session.client("kinesis")
    for shard in _open_shards(kinesis):
        keys = shard["HashKeyRange"]
        middle = (int(keys["StartingHashKey"]) + int(keys["EndingHashKey"]) + 1) // 2
        kinesis.split_shard(
            StreamName=NAME, ShardToSplit=shard["ShardId"], NewStartingHashKey=str(middle)
        )


def _merge(environment: Environment) -> None:
    """Merge the open shards in pairs."""
    kinesis = environment.session.client("kinesis")
    shards = _open_shards(kinesis)
    for one, other in zip(shards[::2], shards[1::2], strict=False):
        kinesis.merge_shards(
            StreamName=NAME, ShardToMerge=one["ShardId"], AdjacentShardToMerge=other["ShardId"]
        )


def _open_shards(kinesis: Any) -> list[Any]:
    """Return the open shards in the order of their hash keys."""
    pages = kinesis.get_paginator("list_shards").paginate(StreamName=NAME)
    found = [
        shard
        for page in pages
        for shard in page["Shards"]
        if "EndingSequenceNumber" not in shard["SequenceNumberRange"]
    ]
    return sorted(found, key=lambda shard: int(shard["HashKeyRange"]["StartingHashKey"]))


NO_FAULT = Fault("none", _nothing)
ALL_MALFORMED = Fault("a batch of malformed records only", _nothing)


def _replicated(inject: Callable[[ReplicatedStores], None]) -> Callable[[Environment], None]:
    def inject_into(environment: Environment) -> None:
        assert environment.stores is not None
        inject(environment.stores)

    return inject_into


def _kill_database(stores: ReplicatedStores) -> None:
    stores.fail_over_database(keep=False)


def _demote_database(stores: ReplicatedStores) -> None:
    stores.fail_over_database(keep=True)


def _fail_over_everything(environment: Environment) -> None:
    assert environment.stores is not None
    environment.proxy.failing, environment.proxy.delay = True, 0.1
    environment.kill_worker()
    with ThreadPoolExecutor() as executor:
        injected = [
            executor.submit(environment.stores.fail_over_database, keep=False),
            executor.submit(environment.stores.kill_cache_primary),
            executor.submit(environment.kill, "aws"),
        ]
        for each in injected:
            each.result()
    environment.kill_worker()
    environment.proxy.failing, environment.proxy.delay = False, 0.0


EMULATOR = Fault("kill -9 of the emulator", _kill("aws"))
ALL = (
    NO_FAULT,
    Fault("kill -9 of PostgreSQL", _kill("postgres")),
    Fault("kill -9 of the cache", _kill("cache")),
    Fault("kill -9 of the cache, its data lost", Environment.empty_cache),
    Fault("kill -9 of function workers", _kill_workers),
    Fault("S3 rejects requests, loses responses", _s3_errors),
    Fault("S3 responds after 0.4 s", _s3_delays),
    ALL_MALFORMED,
    Fault("shards are split", _split),
    EMULATOR,
    Fault("all servers killed, S3 rejects requests", _everything),
    Fault("shards are merged", _merge),
)
# For an environment with replicated stores.
FAILOVERS = (
    NO_FAULT,
    Fault("PostgreSQL primary killed, standby promoted", _replicated(_kill_database)),
    Fault("PostgreSQL primary demoted, still running", _replicated(_demote_database)),
    Fault("kill -9 of a primary of the cache", _replicated(ReplicatedStores.kill_cache_primary)),
    Fault("a cache shard down, then empty", _replicated(ReplicatedStores.stop_cache_shard)),
    Fault("cache slots moved", _replicated(ReplicatedStores.reshard_cache)),
    Fault("the cache emptied", Environment.empty_cache),
    Fault("kill -9 of function workers", _kill_workers),
    Fault("S3 rejects requests, loses responses", _s3_errors),
    ALL_MALFORMED,
    Fault("shards are split", _split),
    EMULATOR,
    Fault("all fail over, S3 rejects requests", _fail_over_everything),
    Fault("shards are merged", _merge),
)
