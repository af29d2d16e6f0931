"""Install all modules of the adapter, once, before the first request."""

from __future__ import annotations

from typing import Any

from ministack import app
from ministack.core import lambda_runtime

from embedded_aws.emulator import (
    alarm_evaluation,
    alarms,
    backups,
    buckets,
    cache_groups,
    cache_shards,
    cache_updates,
    database,
    engine_versions,
    functions,
    handlers,
    network,
    object_locks,
    patched_names,
    proxies,
    quotas,
    request_guard,
    rotations,
    sandbox,
    service_linked_roles,
    session_token,
    storage_failures,
    stream_resources,
    streams,
    subscriptions,
    taken_names,
    template_checks,
    trails,
)
from embedded_aws.emulator.cloudformation import patches as cloudformation_patches
from embedded_aws.emulator.database_servers import Servers
from embedded_aws.emulator.database_tokens import DatabaseTokens
from embedded_aws.emulator.event_source import patches
from embedded_aws.emulator.event_source.loop import EventSources
from embedded_aws.emulator.kinesis_log import KinesisLog
from embedded_aws.emulator.request_validation import guard
from embedded_aws.emulator.settings import Settings
from embedded_aws.emulator.state_persistence import StatePersistence

# Time for batches in flight to finish at shutdown.
GRACE_SECONDS = 3.0


def install(settings: Settings) -> None:
    """Verify the patched names, then replace them and register resource types.

    Raises `SystemExit` with the reason when this ministack is not the expected one.
    """
    patched_names.check()
    session_token.install(settings.session_token)
    request_guard.install(settings.session_token)
    sandbox.install(settings.scratch)
    handlers.install()
    network.install()
    trails.install()
    buckets.install()
    object_locks.install()
    alarms.install()
    service_linked_roles.install()
    cache_groups.install()
    cache_shards.install()
    cache_updates.install()
    template_checks.install()
    streams.install()
    stream_resources.install()
    functions.install(settings.cache_password)
    servers = Servers(settings)
    database.install(servers)
    engine_versions.install()
    tokens = DatabaseTokens(settings.session_token, servers.all)
    sandbox.before_start.append(tokens.renew)
    tokens.start()
    proxies.install()
    rotations.install()
    subscriptions.install()
    backups.install()
    cloudformation_patches.install()
    storage_failures.install()
    event_sources = EventSources(settings.checkpoints)
    patches.install(event_sources)
    taken_names.install()
    kinesis_log = KinesisLog(settings.records, event_sources.done)
    state_persistence, alarm_evaluator = StatePersistence(), alarm_evaluation.AlarmEvaluator()
    kinesis_log.install()
    state_persistence.install()
    alarm_evaluator.install()
    guard.install()
    quotas.install()
    _stop_before_saving(event_sources, kinesis_log, state_persistence, alarm_evaluator)
    event_sources.start()


def _stop_before_saving(
    event_sources: EventSources,
    kinesis_log: KinesisLog,
    state_persistence: StatePersistence,
    alarm_evaluator: alarm_evaluation.AlarmEvaluator,
) -> None:
    original_save = app.save_all

    def save(services: dict[str, Any]) -> None:
        event_sources.stop(GRACE_SECONDS)
        alarm_evaluator.stop()
        state_persistence.stop()
        kinesis_log.compact()
        original_save(services)
        lambda_runtime.reset()

    app.save_all = save
