"""What goes wrong while updates flow; each fault is over when its function returns."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from storm.site import NAME, Site


@dataclass(frozen=True, slots=True)
class Fault:
    """A name for the account, and what to do.

    `loses_stream`: the emulator dies with what is in the stream, which Kinesis does not; the
    producer then puts again what has not come through.
    """

    name: str
    strike: Callable[[Site], None]
    loses_stream: bool = False


def _nothing(_site: Site) -> None:
    pass


def _postgres(site: Site) -> None:
    site.kill("postgres", pause=1.0)


def _cache(site: Site) -> None:
    site.kill("cache", pause=1.0)


def _emulator(site: Site) -> None:
    site.kill("aws", pause=0.5)


def _workers(site: Site) -> None:
    for _ in range(8):
        site.kill_worker()
        time.sleep(0.15)


def _s3_errors(site: Site) -> None:
    site.proxy.failing = True
    time.sleep(3.0)
    site.proxy.failing = False


def _s3_delays(site: Site) -> None:
    site.proxy.delay = 0.4
    time.sleep(3.0)
    site.proxy.delay = 0.0


def _everything(site: Site) -> None:
    site.proxy.failing, site.proxy.delay = True, 0.1
    site.kill_worker()
    site.kill("cache", pause=0.3)
    site.kill("postgres", pause=0.3)
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
# Once shards have been split, the emulator's memory of them must not be lost: it goes first.
ALL = (
    CALM,
    Fault("kill -9 of the emulator", _emulator, loses_stream=True),
    Fault("kill -9 of PostgreSQL", _postgres),
    Fault("kill -9 of the cache, which forgets all", _cache),
    Fault("kill -9 of function workers", _workers),
    Fault("S3 refuses, and loses answers", _s3_errors),
    Fault("S3 takes 0.4 s", _s3_delays),
    POISON,
    Fault("shards are split", _split),
    Fault("PostgreSQL, cache, workers and S3 at once", _everything),
    Fault("shards are merged", _merge),
)
