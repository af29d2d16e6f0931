"""What goes wrong while updates flow; each fault is over when its function returns."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from chaos.environment import NAME, Site
from chaos.replicated import ReplicatedStores

S3_SECONDS = 3.0


@dataclass(frozen=True, slots=True)
class Fault:
    """A name for the account, and what to do."""

    name: str
    strike: Callable[[Site], None]


def _nothing(_site: Site) -> None:
    pass


def _killed(*parts: str) -> Callable[[Site], None]:
    def strike(site: Site) -> None:
        site.kill(*parts)

    return strike


def _workers(site: Site) -> None:
    for _ in range(8):
        site.kill_worker()
        time.sleep(0.15)


def _s3_errors(site: Site) -> None:
    site.proxy.failing = True
    time.sleep(S3_SECONDS)
    site.proxy.failing = False


def _s3_delays(site: Site) -> None:
    site.proxy.delay = 0.4
    time.sleep(S3_SECONDS)
    site.proxy.delay = 0.0


def _everything(site: Site) -> None:
    site.proxy.failing, site.proxy.delay = True, 0.1
    site.kill_worker()
    site.kill("cache", "postgres", "aws")
    site.kill_worker()
    site.proxy.failing, site.proxy.delay = False, 0.0


def _split(site: Site) -> None:
    _reshard(site, 2.0)


def _merge(site: Site) -> None:
    _reshard(site, 0.5)


def _reshard(site: Site, factor: float) -> None:
    kinesis = site.session.client("kinesis")
    summary = kinesis.describe_stream_summary(StreamName=NAME)["StreamDescriptionSummary"]
    kinesis.update_shard_count(
        StreamName=NAME,
        TargetShardCount=int(summary["OpenShardCount"] * factor),
        ScalingType="UNIFORM_SCALING",
    )


CALM = Fault("none", _nothing)
POISON = Fault("a batch of nothing but poison", _nothing)


def _replicated(strike: Callable[[ReplicatedStores], None]) -> Callable[[Site], None]:
    def on(site: Site) -> None:
        assert site.stores is not None
        strike(site.stores)

    return on


def _database_dies(stores: ReplicatedStores) -> None:
    stores.fail_over_database(keep=False)


def _database_is_demoted(stores: ReplicatedStores) -> None:
    stores.fail_over_database(keep=True)


def _all_fail_over(site: Site) -> None:
    assert site.stores is not None
    site.proxy.failing, site.proxy.delay = True, 0.1
    site.kill_worker()
    with ThreadPoolExecutor() as executor:
        strikes = [
            executor.submit(site.stores.fail_over_database, keep=False),
            executor.submit(site.stores.kill_cache_primary),
            executor.submit(site.kill, "aws"),
        ]
        for each in strikes:
            each.result()
    site.kill_worker()
    site.proxy.failing, site.proxy.delay = False, 0.0


EMULATOR = Fault("kill -9 of the emulator", _killed("aws"))
ALL = (
    CALM,
    Fault("kill -9 of PostgreSQL", _killed("postgres")),
    Fault("kill -9 of the cache", _killed("cache")),
    Fault("kill -9 of the cache, which forgets all", Site.forget_cache),
    Fault("kill -9 of function workers", _workers),
    Fault("S3 refuses, and loses answers", _s3_errors),
    Fault("S3 takes 0.4 s", _s3_delays),
    POISON,
    Fault("shards are split", _split),
    EMULATOR,
    Fault("all of them at once, and S3 refuses", _everything),
    Fault("shards are merged", _merge),
)
# Of a site whose stores are replicated.
FAILOVERS = (
    CALM,
    Fault("PostgreSQL dies, its standby takes over", _replicated(_database_dies)),
    Fault("PostgreSQL is demoted and lives on", _replicated(_database_is_demoted)),
    Fault("a primary of the cache dies", _replicated(ReplicatedStores.kill_cache_primary)),
    Fault("a cache shard is away, and empty after", _replicated(ReplicatedStores.hide_cache_shard)),
    Fault("the cache reshards", _replicated(ReplicatedStores.reshard_cache)),
    Fault("the cache forgets all", Site.forget_cache),
    Fault("kill -9 of function workers", _workers),
    Fault("S3 refuses, and loses answers", _s3_errors),
    POISON,
    Fault("shards are split", _split),
    EMULATOR,
    Fault("all fail over at once, and S3 refuses", _all_fail_over),
    Fault("shards are merged", _merge),
)
