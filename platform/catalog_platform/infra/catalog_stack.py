"""The stack of one environment: create all constructs, connect them, and add outputs.

Constructs are created in the order in which data flows through them. Environments differ only in
the values of their manifests; no code checks the environment's name. Construct ids must not
change, because CloudFormation derives the logical ids of data stores from them.
"""

from __future__ import annotations

from aws_cdk import CfnOutput, Environment, PermissionsBoundary, Stack, Tags
from constructs import Construct

from catalog_platform.aws.stack import stack_name
from catalog_platform.bundle import Bundles
from catalog_platform.infra.alarms import Alarms
from catalog_platform.infra.archive import Archive
from catalog_platform.infra.audit import Audit
from catalog_platform.infra.backup import Backup
from catalog_platform.infra.cache import Cache
from catalog_platform.infra.database import Database
from catalog_platform.infra.database_role import grant_read
from catalog_platform.infra.dead_letters import DeadLetters
from catalog_platform.infra.encryption import Encryption
from catalog_platform.infra.function import FunctionDefaults
from catalog_platform.infra.logs import Logs
from catalog_platform.infra.network import Network
from catalog_platform.infra.outputs import outputs
from catalog_platform.infra.processor import Processor
from catalog_platform.infra.reader import Reader
from catalog_platform.infra.replayer import Replayer
from catalog_platform.infra.rotation import Rotation
from catalog_platform.infra.schema_migration import SchemaMigration
from catalog_platform.infra.ssm_parameters import SsmParameters
from catalog_platform.infra.stream import Stream
from catalog_platform.model import Manifest


class CatalogStack(Stack):
    """The CloudFormation stack `catalog-<environment>` of one product catalog."""

    def __init__(self, scope: Construct, manifest: Manifest, bundles: Bundles) -> None:
        environment, boundary = manifest.environment, manifest.release.permissions_boundary
        self._zones = list(manifest.network.availability_zones)
        super().__init__(
            scope,
            stack_name(environment.name),
            env=Environment(account=environment.account, region=environment.region),
            description=f"Product catalog, environment {environment.name}",
            termination_protection=manifest.release.termination_protection,
            permissions_boundary=PermissionsBoundary.from_name(boundary) if boundary else None,
        )
        self._build_foundation(manifest)
        self._build_stores(manifest)
        defaults = FunctionDefaults(
            manifest.processor, environment, self.network, self.encryption.key
        )
        self._build_functions(defaults, bundles)
        self._build_rotation(manifest, defaults, bundles)
        self.replayer = self._build_replayer(manifest, defaults, bundles)
        self.reader = self._build_reader(manifest, defaults, bundles)
        self._build_monitoring(manifest)
        self._allow_connections(manifest)
        self._grant_permissions()
        self._add_outputs(manifest)
        for name, value in _tags(manifest).items():
            # CloudFormation's schema of this type has no tags yet, and some regions enforce it.
            Tags.of(self).add(name, value, exclude_resource_types=["AWS::RDS::DBProxyTargetGroup"])

    @property
    def availability_zones(self) -> list[str]:
        """Return the manifest's zones, without a lookup in AWS."""
        return self._zones

    def _build_foundation(self, manifest: Manifest) -> None:
        """Create the KMS keys, the log groups and the network, which the other constructs use."""
        self.encryption = Encryption(self, "Encryption", spec=manifest.encryption)
        self.logs = Logs(
            self,
            "Logs",
            spec=manifest.logs,
            audit=manifest.audit,
            database=manifest.database,
            replayer=manifest.replayer,
            reader=manifest.reader,
            encryption=self.encryption,
        )
        self.audit = Audit(self, "Audit", spec=manifest.audit)
        self.network = Network(self, "Network", spec=manifest.network, logs=self.logs)

    def _build_stores(self, manifest: Manifest) -> None:
        """Create the stream and the data stores."""
        key, net, log = self.encryption.key, self.network, self.audit.access_logs
        self.stream = Stream(self, "Stream", spec=manifest.stream, key=key)
        self.database = Database(
            self,
            "Database",
            spec=manifest.database,
            has_reader=manifest.reader.enabled,
            network=net,
            key=key,
            logs=self.logs,
        )
        self.cache = Cache(self, "Cache", spec=manifest.cache, network=net, key=key)
        self.archive = Archive(self, "Archive", spec=manifest.archive, key=key, access_logs=log)
        self.backup = Backup(
            self,
            "Backup",
            spec=manifest.backup,
            key=key,
            resource_arns=[self.database.instance.instance_arn, self.archive.bucket.bucket_arn],
        )
        self.dead_letters = DeadLetters(
            self, "DeadLetters", spec=manifest.dead_letters, key=key, access_logs=log
        )

    def _build_functions(self, defaults: FunctionDefaults, bundles: Bundles) -> None:
        """Create the schema migrator and the processor."""
        self.schema = SchemaMigration(
            self.database,
            "Schema",
            defaults=defaults,
            code=bundles.schema_migrator,
            database=self.database,
            log_group=self.logs.schema,
        )
        self.processor = Processor(
            self,
            "Processor",
            defaults=defaults,
            code=bundles.inventory_processor,
            stream=self.stream,
            database=self.database,
            schema=self.schema,
            cache=self.cache,
            archive=self.archive,
            dead_letters=self.dead_letters,
            log_group=self.logs.processor,
        )

    def _build_replayer(
        self, manifest: Manifest, defaults: FunctionDefaults, bundles: Bundles
    ) -> Replayer | None:
        if self.logs.replayer is None:
            return None
        return Replayer(
            self,
            "Replayer",
            spec=manifest.replayer,
            defaults=defaults,
            code=bundles.failure_replayer,
            stream=self.stream,
            dead_letters=self.dead_letters,
            log_group=self.logs.replayer,
        )

    def _build_reader(
        self, manifest: Manifest, defaults: FunctionDefaults, bundles: Bundles
    ) -> Reader | None:
        if self.logs.reader is None:
            return None
        return Reader(
            self,
            "Reader",
            spec=manifest.reader,
            defaults=defaults,
            code=bundles.catalog_reader,
            database=self.database,
            schema=self.schema,
            cache=self.cache,
            log_group=self.logs.reader,
        )

    def _build_monitoring(self, manifest: Manifest) -> None:
        """Create the alarms, the dashboard and the audit trail."""
        self.alarms = Alarms(
            self,
            "Alarms",
            spec=manifest.alarms,
            environment=manifest.environment,
            encryption=self.encryption,
            logs=self.logs,
            stream=self.stream,
            processor=self.processor,
            database=self.database,
            cache=self.cache,
            dead_letters=self.dead_letters,
            backup=self.backup,
            reader=self.reader,
            rotation=self.rotation,
        )
        self.audit.record(
            self.archive.bucket, key=self.encryption.monitoring_key, log_group=self.logs.trail
        )

    def _build_rotation(
        self, manifest: Manifest, defaults: FunctionDefaults, bundles: Bundles
    ) -> None:
        """Create the password rotation for the owner and the functions' roles with passwords."""
        days, log_group = manifest.database.secret_rotation_days, self.logs.rotation
        self.rotation = None
        if days is None or log_group is None:
            return
        roles = self.database.roles.items()
        secrets = {"Owner": self.database.secret} | {
            name: role.secret for name, role in roles if role.secret is not None
        }
        self.rotation = Rotation(
            self.database,
            "Rotation",
            defaults=defaults,
            code=bundles.schema_migrator,
            every_days=days,
            secrets=secrets,
            after=(self.schema.resource, self.network.connectivity),
            environment=self.database.owner_environment,
            log_group=log_group,
        )

    def _allow_connections(self, manifest: Manifest) -> None:
        """Add the security group rules for all connections between functions and stores."""
        schema, processor = self.schema.security_group, self.processor.security_group
        database, cache = self.database.security_group, self.cache.security_group
        allow = self.network.allow
        allow("SchemaToDatabase", schema, database, manifest.database.port)
        name, target = "Database", database
        if self.database.proxy is not None:
            name, target = "Proxy", self.database.proxy.security_group
            allow("ProxyToDatabase", target, database, manifest.database.port)
        allow(f"ProcessorTo{name}", processor, target, manifest.database.port)
        if self.rotation is not None:
            rotation = self.rotation.security_group
            allow("RotationToDatabase", rotation, database, manifest.database.port)
        self.network.allow_clients("Database", manifest.database, database, target)
        self.network.allow_clients("Cache", manifest.cache, cache)
        allow("ProcessorToCache", processor, cache, manifest.cache.port)
        if self.reader is not None:
            reader = self.reader.security_group
            allow(f"ReaderTo{name}", reader, target, manifest.database.port)
            if self.database.replicas and target is not database:
                allow("ReaderToReplicas", reader, database, manifest.database.port)
            allow("ReaderToCache", reader, cache, manifest.cache.port)

    def _grant_permissions(self) -> None:
        """Grant the permissions that the functions' constructs don't grant themselves."""
        self.encryption.allow_log_groups()
        self.encryption.allow_alarms()
        if self.audit.trail is not None:
            self.encryption.allow_trails()
        for user in (self.processor, self.rotation, self.replayer):
            if user is not None:
                self.encryption.grant_use(user.role)
        for reading in (self.schema, self.reader, self.database.proxy):
            if reading is not None:
                self.encryption.grant_decrypt(reading.role)
        self.database.grant_owner_login(self.schema.role)
        for role in self.database.roles.values():
            if role.secret is not None:
                grant_read(self.schema.role, role.secret)
        if self.backup.role is not None:
            self.encryption.grant_copies(self.backup.role)
        processor = self.processor.role
        self.database.grant_login(processor, self.database.application_role)
        self.stream.stream.grant_read(processor)
        self.archive.grant_append(processor)
        self.dead_letters.grant_append(processor)
        self.cache.grant_login(processor)
        self.archive.allow_through(self.network)
        self.dead_letters.allow_through(self.network)
        if self.replayer is not None:
            self.stream.grant_replay(self.replayer.role)
            self.dead_letters.grant_replay(self.replayer.role)

    def _add_outputs(self, manifest: Manifest) -> None:
        values = outputs(
            encryption=self.encryption,
            stream=self.stream,
            database=self.database,
            cache=self.cache,
            archive=self.archive,
            dead_letters=self.dead_letters,
            processor=self.processor,
            alarms=self.alarms,
            replayer=self.replayer,
            reader=self.reader,
        )
        for name, value in values.items():
            CfnOutput(self, name, value=value)
        SsmParameters(
            self, "Release", spec=manifest.release, environment=manifest.environment, outputs=values
        )


def _tags(manifest: Manifest) -> dict[str, str]:
    return {
        "environment": manifest.environment.name,
        "owner": manifest.tags.owner,
        "cost_center": manifest.tags.cost_center,
        "data_classification": manifest.tags.data_classification,
    }
