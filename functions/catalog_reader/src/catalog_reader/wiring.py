"""Assembly of the reader, once per execution environment."""

from __future__ import annotations

import dataclasses
import os
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from catalog_reader.article import Freshness
from catalog_reader.cache import RedisStockCache
from catalog_reader.loader import Loader
from catalog_reader.postgres import PostgresStockTable
from catalog_reader.reader import AVOID_SECONDS, Reader
from catalog_reader.replicas import PostgresReplicas
from catalog_reader.settings import Settings
from catalog_runtime import aws, logs
from catalog_runtime.cache import Cache
from catalog_runtime.database import Database
from catalog_runtime.login import login_of
from catalog_runtime.metrics import Metrics
from catalog_runtime.secrets import Secrets
from catalog_runtime.settings import DatabaseSettings

# A caller waits for the answer; README.md adds up these times.
CACHE_CONNECT_SECONDS = 0.25
CACHE_REPLY_SECONDS = 0.25
SECRET_SECONDS = 4.0
DATABASE_ANSWER_SECONDS = 2.0
DATABASE_SECONDS = 8.0
# Short, because the primary is asked afterwards.
REPLICA_ANSWER_SECONDS = 1.0
REPLICA_SECONDS = 1.5


@dataclass(frozen=True, slots=True)
class Parts:
    """The objects that outlive an invocation."""

    table: PostgresStockTable
    cache: RedisStockCache
    reader: Reader
    metrics: Metrics

    def loader(self, in_time: Callable[[], bool]) -> Loader:
        """Return a loader that stops when `in_time` is false."""
        return Loader(self.table, self.cache, in_time)


@cache
def parts() -> Parts:
    """Return the objects that the environment variables configure. Raises `SettingsError`."""
    settings = Settings.parse(os.environ)
    runtime = settings.runtime
    logs.configure(runtime.environment_name, runtime.log_level)
    secrets = Secrets(
        aws.client("secretsmanager", connect_seconds=1, read_seconds=1, attempts=2),
        SECRET_SECONDS,
    )
    table = PostgresStockTable(
        _database(runtime.database, secrets, DATABASE_ANSWER_SECONDS, DATABASE_SECONDS)
    )
    stock_cache = RedisStockCache(
        Cache(
            settings.cache,
            secrets,
            connect_seconds=CACHE_CONNECT_SECONDS,
            reply_seconds=CACHE_REPLY_SECONDS,
            avoid_seconds=AVOID_SECONDS,
        ),
        unknown_seconds=settings.unknown_fresh_seconds,
    )
    freshness = Freshness(settings.stock_fresh_seconds, settings.unknown_fresh_seconds)
    reader = Reader(
        table,
        stock_cache,
        freshness,
        settings.page_fresh_seconds,
        replicas=_replicas(settings, secrets),
    )
    return Parts(table, stock_cache, reader, Metrics(runtime.environment_name))


def _replicas(settings: Settings, secrets: Secrets) -> PostgresReplicas | None:
    """Return the replicas in random order, so that environments use different ones first."""
    hosts = random.sample(settings.replica_hosts, len(settings.replica_hosts))
    # No proxy serves a replica, and an instance's certificate comes from RDS.
    addresses = [
        dataclasses.replace(settings.runtime.database, host=host, authorities="rds")
        for host in hosts
    ]
    databases = [
        _database(address, secrets, REPLICA_ANSWER_SECONDS, REPLICA_SECONDS)
        for address in addresses
    ]
    return PostgresReplicas(databases) if databases else None


def _database(
    settings: DatabaseSettings, secrets: Secrets, answer_seconds: float, run_seconds: float
) -> Database:
    return Database(
        settings,
        login_of(settings, secrets, aws.session()),
        application="catalog_reader",
        answer_seconds=answer_seconds,
        run_seconds=run_seconds,
    )
