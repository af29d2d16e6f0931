"""Puts every part of the adapter in its place, once, before the first request."""

from __future__ import annotations

from typing import Any

from ministack import app
from ministack.core import lambda_runtime

from catalog_platform.local.emulator import (
    alarm_evaluation,
    alarms,
    backups,
    buckets,
    cache_groups,
    database,
    functions,
    handlers,
    internals,
    network,
    proxies,
    request_guard,
    rotations,
    sandbox,
    session_token,
    streams,
    trail,
    unstored,
)
from catalog_platform.local.emulator.database_tokens import DatabaseTokens
from catalog_platform.local.emulator.event_source import patches
from catalog_platform.local.emulator.event_source.loop import EventSources
from catalog_platform.local.emulator.kinesis_log import Journal
from catalog_platform.local.emulator.servers import Servers
from catalog_platform.local.emulator.settings import Settings
from catalog_platform.local.emulator.state_persistence import Keeper

# Batches that are under way at shutdown get this long to end.
GRACE_SECONDS = 3.0


def install(settings: Settings) -> None:
    """Check the names we rely on, then replace and register.

    Raises `SystemExit` with the reason when this ministack is not the one we were written for.
    """
    internals.check()
    session_token.install(settings.session_token)
    request_guard.install(settings.session_token)
    sandbox.install(settings.scratch)
    handlers.install()
    network.install()
    trail.install()
    buckets.install()
    alarms.install()
    cache_groups.install()
    streams.install()
    functions.install(settings.cache_password)
    servers = Servers(settings)
    database.install(servers)
    tokens = DatabaseTokens(settings.session_token, servers.all)
    sandbox.before_start.append(tokens.renew)
    tokens.start()
    proxies.install()
    rotations.install()
    backups.install()
    unstored.install()
    sources = EventSources(settings.checkpoints)
    patches.install(sources)
    journal = Journal(settings.records, sources.done)
    keeper, watch = Keeper(), alarm_evaluation.Watch()
    journal.install()
    keeper.install()
    watch.install()
    _settle_before_saving(sources, journal, keeper, watch)
    sources.start()


def _settle_before_saving(
    sources: EventSources, journal: Journal, keeper: Keeper, watch: alarm_evaluation.Watch
) -> None:
    stock_save = app.save_all

    def save(services: dict[str, Any]) -> None:
        sources.stop(GRACE_SECONDS)
        watch.stop()
        keeper.stop()
        journal.compact()
        stock_save(services)
        lambda_runtime.reset()

    app.save_all = save
