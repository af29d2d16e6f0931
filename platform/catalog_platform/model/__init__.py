"""The types of a manifest: immutable, with every key required and every bound declared once.

Each section has one module, named after its key. The JSON Schema, the reference of keys and the
validation of every environment are derived from these types. After validation,
code reads settings from these types only.
"""

from catalog_platform.model.alarm import Alarm, Severity, ThresholdAlarm
from catalog_platform.model.alarms import Alarms, Subscription
from catalog_platform.model.archive import Archive
from catalog_platform.model.audit import Audit
from catalog_platform.model.backup import Backup
from catalog_platform.model.cache import Cache
from catalog_platform.model.database import Database
from catalog_platform.model.dead_letters import DeadLetters
from catalog_platform.model.directives import Directives, Divergence, RuleException
from catalog_platform.model.encryption import Encryption
from catalog_platform.model.environment import Environment
from catalog_platform.model.logs import Logs
from catalog_platform.model.manifest import Manifest
from catalog_platform.model.network import Network
from catalog_platform.model.processor import Processor
from catalog_platform.model.reader import Reader
from catalog_platform.model.release import Release
from catalog_platform.model.replayer import Replayer
from catalog_platform.model.stream import Stream
from catalog_platform.model.tags import Tags

__all__ = [
    "Alarm",
    "Alarms",
    "Archive",
    "Audit",
    "Backup",
    "Cache",
    "Database",
    "DeadLetters",
    "Directives",
    "Divergence",
    "Encryption",
    "Environment",
    "Logs",
    "Manifest",
    "Network",
    "Processor",
    "Reader",
    "Release",
    "Replayer",
    "RuleException",
    "Severity",
    "Stream",
    "Subscription",
    "Tags",
    "ThresholdAlarm",
]
