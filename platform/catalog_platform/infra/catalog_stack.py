"""The map: how an inventory update travels, what each part is given, and what the stack tells.

Constructs stand in the order of the data's flow. Nothing is defined here and nothing asks which
environment it is: differences are values of the manifest. Construct ids never change; the logical
ids of everything that holds data hang on them.
"""

from __future__ import annotations

from aws_cdk import CfnOutput, Environment, Stack, Tags
from constructs import Construct

from catalog_platform.infra.alarms import Alarms
from catalog_platform.infra.archive import Archive
from catalog_platform.infra.audit import Audit
from catalog_platform.infra.bundles import Bundles
from catalog_platform.infra.cache import Cache
from catalog_platform.infra.database import Database
from catalog_platform.infra.dead_letters import DeadLetters
from catalog_platform.infra.encryption import Encryption
from catalog_platform.infra.logs import Logs
from catalog_platform.infra.network import Network
from catalog_platform.infra.processor import Processor
from catalog_platform.infra.schema import Schema
from catalog_platform.infra.stream import Stream
from catalog_platform.model import Manifest


class CatalogStack(Stack):
    """One product catalog: the stack `catalog-<environment>`."""

    def __init__(self, scope: Construct, manifest: Manifest, bundles: Bundles) -> None:
        place = manifest.environment
        self._zones = list(manifest.network.availability_zones)
        super().__init__(
            scope,
            f"catalog-{place.name}",
            env=Environment(account=place.account, region=place.region),
            description=f"Product catalog, environment {place.name}",
            termination_protection=manifest.release.termination_protection,
        )
        self._build(manifest, bundles)
        self._connect(manifest)
        self._grant()
        self._tell(manifest)
        for name, value in _tags(manifest).items():
            Tags.of(self).add(name, value)

    @property
    def availability_zones(self) -> list[str]:
        """The manifest's zones: nothing is looked up."""
        return self._zones

    def _build(self, manifest: Manifest, bundles: Bundles) -> None:
        self.encryption = Encryption(self, "Encryption", spec=manifest.encryption)
        key = self.encryption.key
        self.logs = Logs(self, "Logs", spec=manifest.logs, audit=manifest.audit, key=key)
        self.audit = Audit(self, "Audit", spec=manifest.audit)
        log = self.audit.access_logs
        self.network = net = Network(self, "Network", spec=manifest.network, logs=self.logs)

        self.stream = Stream(self, "Stream", spec=manifest.stream, key=key)
        self.database = Database(self, "Database", spec=manifest.database, network=net, key=key)
        self.cache = Cache(self, "Cache", spec=manifest.cache, network=net, key=key)
        self.archive = Archive(self, "Archive", spec=manifest.archive, key=key, access_logs=log)
        self.dead_letters = DeadLetters(
            self, "DeadLetters", spec=manifest.dead_letters, key=key, access_logs=log
        )
        self.schema = Schema(
            self.database,
            "Schema",
            spec=manifest.processor,
            place=manifest.environment,
            code=bundles.schema_migrator,
            database=self.database,
            network=net,
            key=key,
            log_group=self.logs.schema,
        )
        self.processor = Processor(
            self,
            "Processor",
            spec=manifest.processor,
            place=manifest.environment,
            code=bundles.inventory_processor,
            stream=self.stream,
            database=self.database,
            schema=self.schema,
            cache=self.cache,
            archive=self.archive,
            dead_letters=self.dead_letters,
            network=net,
            key=key,
            log_group=self.logs.processor,
        )
        self.alarms = Alarms(
            self,
            "Alarms",
            spec=manifest.alarms,
            place=manifest.environment,
            key=key,
            logs=self.logs,
            stream=self.stream,
            processor=self.processor,
            database=self.database,
            cache=self.cache,
            dead_letters=self.dead_letters,
        )
        self.audit.record(self.archive.bucket, key=key, log_group=self.logs.trail)

    def _connect(self, manifest: Manifest) -> None:
        """Who may open a connection to whom; there is no other way inside the network."""
        schema, processor = self.schema.security_group, self.processor.security_group
        database, cache = self.database.security_group, self.cache.security_group
        allow = self.network.allow
        allow("SchemaToDatabase", schema, database, manifest.database.port)
        allow("ProcessorToDatabase", processor, database, manifest.database.port)
        allow("ProcessorToCache", processor, cache, manifest.cache.port)

    def _grant(self) -> None:
        """Who may do what; the roles start out able to join the network and write their log."""
        self.encryption.allow_log_groups()
        self.encryption.allow_alarms()
        if self.audit.trail is not None:
            self.encryption.allow_trails()
        for function in (self.schema, self.processor):
            self.encryption.grant_use(function.role)
            self.database.grant_login(function.role)
        processor = self.processor.role
        self.stream.stream.grant_read(processor)
        self.archive.grant_append(processor)
        self.dead_letters.grant_append(processor)
        self.cache.grant_login(processor)

    def _tell(self, manifest: Manifest) -> None:
        outputs = {
            "StreamName": self.stream.stream.stream_name,
            "StreamArn": self.stream.stream.stream_arn,
            "DatabaseEndpoint": self.database.instance.db_instance_endpoint_address,
            "DatabasePort": self.database.instance.db_instance_endpoint_port,
            "DatabaseName": manifest.database.name,
            "DatabaseSecretArn": self.database.secret.secret_arn,
            "CacheEndpoint": self.cache.host,
            "CachePort": self.cache.port,
            "ArchiveBucketName": self.archive.bucket.bucket_name,
            "ProcessorFunctionName": self.processor.function.function_name,
            "DeadLetterQueueUrl": self.dead_letters.queue.queue_url,
            "DeadLetterBucketName": self.dead_letters.bucket.bucket_name,
            "AlarmTopicArn": self.alarms.topics["critical"].topic_arn,
            "WarningTopicArn": self.alarms.topics["warning"].topic_arn,
            "KeyArn": self.encryption.key.key_arn,
        }
        for name, value in outputs.items():
            CfnOutput(self, name, value=value)


def _tags(manifest: Manifest) -> dict[str, str]:
    return {
        "environment": manifest.environment.name,
        "owner": manifest.tags.owner,
        "cost_center": manifest.tags.cost_center,
        "data_classification": manifest.tags.data_classification,
    }
