"""CloudWatch alarms on every resource that can lose or delay inventory updates."""

from __future__ import annotations

from constructs import Construct

from catalog_platform import model
from catalog_platform.infra.alarms import backup as backup_alarms
from catalog_platform.infra.alarms import cache as cache_alarms
from catalog_platform.infra.alarms import dashboard, unhealthy
from catalog_platform.infra.alarms import database as database_alarms
from catalog_platform.infra.alarms import dead_letters as dead_letter_alarms
from catalog_platform.infra.alarms import encryption as encryption_alarms
from catalog_platform.infra.alarms import processor as processor_alarms
from catalog_platform.infra.alarms import proxy as proxy_alarms
from catalog_platform.infra.alarms import reader as reader_alarms
from catalog_platform.infra.alarms import rotation as rotation_alarms
from catalog_platform.infra.alarms import stream as stream_alarms
from catalog_platform.infra.alarms.factory import AlarmFactory
from catalog_platform.infra.backup import Backup
from catalog_platform.infra.cache import Cache
from catalog_platform.infra.database import Database
from catalog_platform.infra.dead_letters import DeadLetters
from catalog_platform.infra.encryption import Encryption
from catalog_platform.infra.logs import Logs
from catalog_platform.infra.processor import Processor
from catalog_platform.infra.reader import Reader
from catalog_platform.infra.rotation import Rotation
from catalog_platform.infra.stream import Stream


class Alarms(AlarmFactory):
    """The SNS topics with their subscriptions, the manifest's alarms, and the dashboard."""

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        spec: model.Alarms,
        environment: model.Environment,
        encryption: Encryption,
        logs: Logs,
        stream: Stream,
        processor: Processor,
        database: Database,
        cache: Cache,
        dead_letters: DeadLetters,
        backup: Backup,
        reader: Reader | None,
        rotation: Rotation | None,
    ) -> None:
        super().__init__(scope, id, spec=spec, key=encryption.monitoring_key)
        stream_alarms.add_alarms(self, stream)
        processor_alarms.add_alarms(self, processor, environment.name)
        dead_letter_alarms.add_alarms(self, processor, dead_letters)
        database_alarms.add_alarms(self, database)
        proxy_alarms.add_alarm(self, database.proxy)
        rotation_alarms.add_alarm(self, rotation)
        cache_alarms.add_alarms(self, cache)
        reader_alarms.add_alarm(self, reader)
        backup_alarms.add_alarm(self, backup.vault)
        encryption_alarms.add_alarm(self, encryption.key, logs.trail)
        sources = dashboard.DashboardSources(
            logs, stream, processor, database, cache, dead_letters, backup, reader, rotation
        )
        composite = unhealthy.add_alarm(self, spec)
        dashboard.create_dashboard(self, spec, environment, sources, composite)
