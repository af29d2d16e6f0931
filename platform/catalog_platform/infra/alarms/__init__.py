"""Alarms on everything that can lose, delay or endanger an inventory update."""

from __future__ import annotations

from aws_cdk import aws_kms as kms
from constructs import Construct

from catalog_platform import model
from catalog_platform.infra.alarms import cache as cache_alarms
from catalog_platform.infra.alarms import dashboard, encryption, unhealthy
from catalog_platform.infra.alarms import database as database_alarms
from catalog_platform.infra.alarms import dead_letters as dead_letter_alarms
from catalog_platform.infra.alarms import processor as processor_alarms
from catalog_platform.infra.alarms import stream as stream_alarms
from catalog_platform.infra.alarms.factory import AlarmFactory
from catalog_platform.infra.cache import Cache
from catalog_platform.infra.database import Database
from catalog_platform.infra.dead_letters import DeadLetters
from catalog_platform.infra.logs import Logs
from catalog_platform.infra.processor import Processor
from catalog_platform.infra.stream import Stream


class Alarms(AlarmFactory):
    """The topics with their subscribers, the alarms of the manifest, and the dashboard."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        spec: model.Alarms,
        place: model.Environment,
        key: kms.IKey,
        logs: Logs,
        stream: Stream,
        processor: Processor,
        database: Database,
        cache: Cache,
        dead_letters: DeadLetters,
    ) -> None:
        super().__init__(scope, id, spec=spec, key=key)
        stream_alarms.watch(self, stream)
        processor_alarms.watch(self, processor, place.name)
        dead_letter_alarms.watch(self, processor, dead_letters)
        database_alarms.watch(self, database)
        cache_alarms.watch(self, cache)
        encryption.watch(self, key, logs.trail)
        shown = dashboard.Shown(logs, stream, processor, database, cache, dead_letters)
        dashboard.create_dashboard(self, spec, place, shown, unhealthy.watch(self, spec))
