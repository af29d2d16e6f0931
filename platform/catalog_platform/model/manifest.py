"""The manifest: all sections of one environment."""

from __future__ import annotations

from catalog_platform.model.alarms import Alarms
from catalog_platform.model.archive import Archive
from catalog_platform.model.audit import Audit
from catalog_platform.model.backup import Backup
from catalog_platform.model.cache import Cache
from catalog_platform.model.database import Database
from catalog_platform.model.dead_letters import DeadLetters
from catalog_platform.model.encryption import Encryption
from catalog_platform.model.environment import Environment
from catalog_platform.model.logs import Logs
from catalog_platform.model.network import Network
from catalog_platform.model.processor import Processor
from catalog_platform.model.reader import Reader
from catalog_platform.model.release import Release
from catalog_platform.model.replayer import Replayer
from catalog_platform.model.section import Section
from catalog_platform.model.stream import Stream
from catalog_platform.model.tags import Tags


class Manifest(Section, frozen=True, kw_only=True):
    """A complete description of one environment of the product catalog."""

    environment: Environment
    network: Network
    encryption: Encryption
    stream: Stream
    processor: Processor
    database: Database
    cache: Cache
    archive: Archive
    backup: Backup
    dead_letters: DeadLetters
    replayer: Replayer
    reader: Reader
    logs: Logs
    alarms: Alarms
    audit: Audit
    tags: Tags
    release: Release
