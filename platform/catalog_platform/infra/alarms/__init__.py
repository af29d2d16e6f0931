"""Alarms on everything that can lose, delay or endanger an inventory update."""

from __future__ import annotations

from aws_cdk import aws_kms as kms
from constructs import Construct

from catalog_platform import model
from catalog_platform.infra.alarms import cache as cache_alarms
from catalog_platform.infra.alarms import database as database_alarms
from catalog_platform.infra.alarms import feed as feed_alarms
from catalog_platform.infra.alarms.bell import Bell
from catalog_platform.infra.cache import Cache
from catalog_platform.infra.database import Database
from catalog_platform.infra.dead_letters import DeadLetters
from catalog_platform.infra.processor import Processor
from catalog_platform.infra.stream import Stream


class Alarms(Bell):
    """The topic with its subscribers, and one alarm per way in which the catalog can fail."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        spec: model.Alarms,
        key: kms.IKey,
        stream: Stream,
        processor: Processor,
        database: Database,
        cache: Cache,
        dead_letters: DeadLetters,
    ) -> None:
        super().__init__(scope, id, subscriptions=spec.subscriptions, key=key)
        feed_alarms.watch(self, spec, stream, processor, dead_letters)
        database_alarms.watch(self, spec, database)
        cache_alarms.watch(self, spec, cache)
