"""Assembly of the processor, once per execution environment."""

from __future__ import annotations

import gc
import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from catalog_runtime import aws, logs
from catalog_runtime.cache import Cache
from catalog_runtime.database import Database
from catalog_runtime.login import login_of
from catalog_runtime.metrics import Metrics
from catalog_runtime.secrets import Secrets
from inventory_processor.archive import S3Archive
from inventory_processor.cache import RedisCache
from inventory_processor.dead_letters import S3DeadLetters
from inventory_processor.postgres import PostgresStockStore
from inventory_processor.processor import Processor
from inventory_processor.settings import Settings

# All waits of one batch add up to less than a minute; README.md has the table.
CACHE_CONNECT_SECONDS = 0.5
CACHE_REPLY_SECONDS = 1.0
# After a failure a server of a cluster is skipped this long, so that not every batch waits for it.
CACHE_AVOID_SECONDS = 5.0


@cache
def processor() -> Processor:
    """Return the processor that the environment variables configure. Raises `SettingsError`."""
    settings = Settings.parse(os.environ)
    runtime = settings.runtime
    logs.configure(runtime.environment_name, runtime.log_level)
    secrets = Secrets(aws.client("secretsmanager", connect_seconds=1, read_seconds=2, attempts=2))
    s3 = aws.client("s3", connect_seconds=1, read_seconds=4, attempts=2)
    sqs = aws.client("sqs", connect_seconds=1, read_seconds=2, attempts=2)
    login = login_of(runtime.database, secrets, aws.session())
    database = Database(
        runtime.database,
        login,
        application="inventory_processor",
        isolation="repeatable read",
        prepares=True,
    )
    found = Processor(
        store=PostgresStockStore(database),
        cache=RedisCache(
            Cache(
                settings.cache,
                secrets,
                connect_seconds=CACHE_CONNECT_SECONDS,
                reply_seconds=CACHE_REPLY_SECONDS,
                avoid_seconds=CACHE_AVOID_SECONDS,
            )
        ),
        archive=S3Archive(s3, settings.archive_bucket),
        dead_letters=S3DeadLetters(
            s3, settings.dead_letter_bucket, sqs, settings.dead_letter_queue_url
        ),
        metrics=Metrics(runtime.environment_name),
        executor=ThreadPoolExecutor(1, "executor"),
    )
    # All loaded objects stay: scanning them for garbage took up to 40 ms every few batches.
    gc.freeze()
    return found
