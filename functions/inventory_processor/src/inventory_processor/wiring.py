"""Puts the processor together, once per execution environment."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from botocore.httpsession import DEFAULT_CA_BUNDLE
from redis import Redis
from redis.backoff import NoBackoff
from redis.cluster import RedisCluster
from redis.exceptions import RedisError
from redis.maint_notifications import MaintNotificationsConfig
from redis.retry import Retry

from catalog_runtime import aws, logs
from catalog_runtime.database import Database
from catalog_runtime.login import login_of
from catalog_runtime.secrets import SecretError, Secrets
from inventory_processor.archive import S3Archive
from inventory_processor.cache import Client, RedisCache
from inventory_processor.dead_letters import S3DeadLetters
from inventory_processor.metrics import Metrics
from inventory_processor.postgres import PostgresTruth
from inventory_processor.processor import Processor
from inventory_processor.settings import CacheSettings, Settings

# The sum of all waits of one batch stays below a minute; README.md has the table.
CACHE_CONNECT_SECONDS = 0.5
CACHE_REPLY_SECONDS = 1.0


@cache
def processor() -> Processor:
    """The processor that the environment variables describe. Raises `SettingsError`."""
    settings = Settings.parse(os.environ)
    runtime = settings.runtime
    logs.configure(runtime.environment_name, runtime.log_level)
    secrets = Secrets(aws.client("secretsmanager", connect_seconds=1, read_seconds=2, attempts=2))
    s3 = aws.client("s3", connect_seconds=1, read_seconds=4, attempts=2)
    sqs = aws.client("sqs", connect_seconds=1, read_seconds=2, attempts=2)
    login = login_of(runtime.database, secrets, aws.session())
    database = Database(
        runtime.database, login, application="inventory_processor", isolation="repeatable read"
    )
    return Processor(
        truth=PostgresTruth(database),
        cache=redis_cache(settings.cache, secrets),
        archive=S3Archive(s3, settings.archive_bucket),
        dead_letters=S3DeadLetters(
            s3, settings.dead_letter_bucket, sqs, settings.dead_letter_queue_url
        ),
        metrics=Metrics(runtime.environment_name),
        aside=ThreadPoolExecutor(1, "aside"),
    )


def redis_cache(settings: CacheSettings, secrets: Secrets) -> RedisCache:
    """The cache behind short timeouts: a batch does not wait for a cache that is down."""

    def token() -> str | None:
        try:
            return secrets.text(settings.secret_arn) if settings.secret_arn else None
        except SecretError as error:
            raise RedisError(str(error)) from error

    def connect() -> Client:
        kind = RedisCluster if settings.cluster_mode else Redis
        client: Client = kind(
            host=settings.host,
            port=settings.port,
            password=token(),
            ssl=settings.tls,
            # ElastiCache's certificates are signed by public authorities.
            **({"ssl_ca_certs": DEFAULT_CA_BUNDLE} if settings.tls else {}),
            socket_connect_timeout=CACHE_CONNECT_SECONDS,
            socket_timeout=CACHE_REPLY_SECONDS,
            retry=Retry(NoBackoff(), 1),
            maint_notifications_config=MaintNotificationsConfig(enabled=False),
        )
        return client

    return RedisCache(connect, forget_secret=lambda: secrets.forget(settings.secret_arn))
