"""PostgreSQL on RDS, the system of record for stock."""

from __future__ import annotations

from typing import Any, cast

from aws_cdk import Duration, Fn
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_rds as rds
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from catalog_platform import model
from catalog_platform.infra import removal
from catalog_platform.infra.database_parameters import create_parameter_group
from catalog_platform.infra.database_role import DatabaseRole, create_secret, grant_read
from catalog_platform.infra.logs import Logs
from catalog_platform.infra.network import Network
from catalog_platform.infra.proxy import Proxy, instance_resource_id
from catalog_platform.infra.restored_database import restore

LOG_EXPORTS = ("postgresql", "upgrade")
LARGE_STORAGE_GIB = 400


class Database(Construct):
    """The database instance with its read replicas, roles, security group and optional proxy.

    `secret` holds the owner's password. The processor logs in as `application_role` and the reader
    as `reader_role`, which is None without a reader; both through `proxy` unless it is None.
    """

    instance: rds.DatabaseInstance
    replicas: tuple[rds.DatabaseInstanceReadReplica, ...]
    secret: secretsmanager.ISecret
    application_role: DatabaseRole
    reader_role: DatabaseRole | None
    proxy: Proxy | None
    security_group: ec2.SecurityGroup

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        spec: model.Database,
        has_reader: bool,
        network: Network,
        key: kms.IKey,
        logs: Logs,
    ) -> None:
        super().__init__(scope, id)
        self._spec = spec
        self.security_group = network.security_group(self, "PostgreSQL of the product catalog")
        engine = rds.DatabaseInstanceEngine.postgres(
            version=rds.PostgresEngineVersion.of(
                spec.engine_version, spec.engine_version.partition(".")[0]
            )
        )
        shared = self._shared_settings(engine, network, key)
        generated = create_secret(self, spec, spec.username, "Owner", key)
        self.instance = self._build_instance(engine, generated, key, shared)
        # The attached secret also contains host and port.
        self.secret = self.instance.secret or generated
        self.replicas = tuple(
            self._build_replica(number, shared) for number in range(1, spec.read_replicas + 1)
        )
        for member in (self.instance, *self.replicas):
            self._state_monitoring(member)
        self._create_log_groups(logs)
        self.application_role = self._role("Login", spec.application_username, "processor", key)
        self.reader_role = (
            self._role("ReaderLogin", spec.reader_username, "reader", key) if has_reader else None
        )
        self.proxy = self._build_proxy(network, logs) if spec.proxy else None

    @property
    def name(self) -> str:
        """Return the name of the database."""
        return self._spec.name

    @property
    def roles(self) -> dict[str, DatabaseRole]:
        """Return the roles that the migrator creates, by name: `Application` and maybe `Reader`."""
        roles = {"Application": self.application_role, "Reader": self.reader_role}
        return {name: role for name, role in roles.items() if role is not None}

    def environment(self, role: DatabaseRole) -> dict[str, str]:
        """Return the environment variables of a function that logs in as one of the roles."""
        host = self.proxy.proxy.attr_endpoint if self.proxy else None
        return self._connection_variables(host) | role.environment

    @property
    def owner_environment(self) -> dict[str, str]:
        """Return the environment variables of a function that logs in as the owner.

        The owner always connects directly, never through the proxy.
        """
        return self._connection_variables(None) | {
            "DATABASE_AUTHENTICATION": "password",
            "DATABASE_USERNAME": self._spec.username,
            "DATABASE_SECRET_ARN": self.secret.secret_arn,
        }

    @property
    def replica_hosts(self) -> str:
        """Return the comma-separated hosts of the replicas, an empty string without replicas."""
        hosts = [replica.db_instance_endpoint_address for replica in self.replicas]
        return Fn.join(",", hosts) if hosts else ""

    @property
    def reader_endpoints(self) -> str:
        """Return the comma-separated hosts of the replicas, or of the instance without replicas.

        PostgreSQL's client library accepts such a list as `host`.
        https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-MULTIPLE-HOSTS
        """
        return self.replica_hosts or self.instance.db_instance_endpoint_address

    def grant_owner_login(self, grantee: iam.IGrantable) -> None:
        """Allow `grantee` to read the owner's password."""
        grant_read(grantee, self.secret)

    def grant_login(self, grantee: iam.Role, role: DatabaseRole) -> None:
        """Allow `grantee` to log in as one of the roles, through the proxy if there is one."""
        if self.proxy is None:
            role.grant(grantee, instance_resource_id(self.instance), target="instance")
        else:
            role.grant(grantee, self.proxy.resource_id, target=f"proxy in {self.proxy.zones}")

    def grant_replica_login(self, grantee: iam.Role, role: DatabaseRole) -> None:
        """Allow `grantee` to log in to the replicas, which no proxy serves."""
        for number, replica in enumerate(self.replicas, start=1):
            role.grant(grantee, instance_resource_id(replica), target=f"replica {number}")

    def _role(self, id: str, username: str, user: str, key: kms.IKey) -> DatabaseRole:  # noqa: A002
        return DatabaseRole(self, id, spec=self._spec, username=username, user=user, key=key)

    def _connection_variables(self, proxy: str | None) -> dict[str, str]:
        return {
            "DATABASE_HOST": proxy or self.instance.db_instance_endpoint_address,
            # A proxy always listens on PostgreSQL's default port. A manifest check makes sure that
            # the instance uses the same one.
            "DATABASE_PORT": self.instance.db_instance_endpoint_port,
            "DATABASE_NAME": self._spec.name,
            "DATABASE_TLS": "verify-full" if self._spec.require_tls else "disable",
            "DATABASE_AUTHORITIES": "public" if proxy else "rds",
        }

    def _create_log_groups(self, logs: Logs) -> None:
        """Create the log groups of exported logs before RDS does, if their names are known."""
        if self._spec.identifier is None:
            return
        members: list[tuple[str, str, rds.DatabaseInstanceBase]] = [
            (self._spec.identifier, "Database", self.instance),
            *(
                (f"{self._spec.identifier}-replica-{number}", f"DatabaseReplica{number}", replica)
                for number, replica in enumerate(self.replicas, start=1)
            ),
        ]
        for identifier, name, instance in members:
            for export in LOG_EXPORTS:
                group = logs.named(
                    f"{name}{export.title()}",
                    f"/aws/rds/instance/{identifier}/{export}",
                    # Otherwise the groups of a removed replica would block its return.
                    outlives_stack=instance is self.instance,
                )
                instance.node.add_dependency(group)

    def _build_proxy(self, network: Network, logs: Logs) -> Proxy:
        return Proxy(
            self,
            "Proxy",
            spec=self._spec,
            instance=self.instance,
            roles=tuple(self.roles.values()),
            network=network,
            logs=logs,
        )

    def _build_instance(
        self,
        engine: rds.IInstanceEngine,
        generated: secretsmanager.ISecret,
        key: kms.IKey,
        shared: dict[str, Any],
    ) -> rds.DatabaseInstance:
        spec = self._spec
        instance = rds.DatabaseInstance(
            self,
            "Instance",
            engine=engine,
            credentials=rds.Credentials.from_secret(generated),
            instance_identifier=spec.identifier,
            database_name=spec.name,
            allocated_storage=spec.storage_gib,
            **_storage_performance(spec),
            # Replicas inherit encryption from their source and reject these settings.
            storage_encrypted=True,
            storage_encryption_key=key,
            multi_az=spec.multi_az,
            backup_retention=Duration.days(spec.backup_retention_days),
            preferred_backup_window=spec.backup_window,
            deletion_protection=spec.deletion_protection,
            allow_major_version_upgrade=True if spec.allow_major_upgrade else None,
            # Kept until their retention ends, so that a deleted instance can be restored.
            delete_automated_backups=spec.on_removal == "destroy",
            removal_policy=removal.data_policy(spec.on_removal),
            **shared,
        )
        restore(instance, spec)
        return instance

    def _state_monitoring(self, instance: rds.DatabaseInstanceBase) -> None:
        """State that enhanced monitoring is off.

        The L2 construct would omit the interval, and CloudFormation changes no omitted property:
        the instance would keep its interval while the monitoring role is deleted.
        """
        if not self._spec.monitoring_interval_seconds:
            cast(rds.CfnDBInstance, instance.node.default_child).monitoring_interval = 0

    def _build_replica(
        self, number: int, shared: dict[str, Any]
    ) -> rds.DatabaseInstanceReadReplica:
        """Create a replica, which the next change may remove again.

        RDS takes no final snapshot of a replica, and deletes none that is protected: CloudFormation
        would leave it behind and report success.

        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_DeleteInstance.html
        """
        spec = self._spec
        replica = rds.DatabaseInstanceReadReplica(
            self,
            f"Replica{number}",
            source_database_instance=self.instance,
            instance_identifier=spec.identifier and f"{spec.identifier}-replica-{number}",
            deletion_protection=False,
            removal_policy=removal.data_policy("destroy"),
            **shared,
        )
        # The L2 construct lacks the version.
        cast(rds.CfnDBInstance, replica.node.default_child).engine_version = (
            spec.replica_engine_version or spec.engine_version
        )
        return replica

    def _shared_settings(
        self, engine: rds.IInstanceEngine, network: Network, key: kms.IKey
    ) -> dict[str, Any]:
        """Return the settings that the instance and its replicas share."""
        spec = self._spec
        return {
            "instance_type": ec2.InstanceType(spec.instance_class.removeprefix("db.")),
            "vpc": network.vpc,
            "subnet_group": rds.SubnetGroup(
                self,
                "Subnets",
                description="Isolated subnets of the product catalog",
                vpc=network.vpc,
                vpc_subnets=network.isolated,
                removal_policy=removal.data_access_policy(spec.on_removal),
            ),
            "security_groups": [self.security_group],
            "publicly_accessible": False,
            "port": spec.port,
            "storage_type": rds.StorageType.GP3,
            "parameter_group": create_parameter_group(self, engine, spec),
            # Each grows by itself, and a full replica stops.
            "max_allocated_storage": spec.maximum_storage_gib,
            "iam_authentication": True,
            "cloudwatch_logs_exports": list(LOG_EXPORTS),
            "monitoring_interval": Duration.seconds(spec.monitoring_interval_seconds)
            if spec.monitoring_interval_seconds
            else None,
            "enable_performance_insights": spec.performance_insights,
            "performance_insight_encryption_key": key if spec.performance_insights else None,
            "preferred_maintenance_window": spec.maintenance_window,
            # The manifest names the minor version. If RDS raised it, the next change of the version
            # could be a downgrade, which RDS refuses.
            "auto_minor_version_upgrade": False,
            "copy_tags_to_snapshot": True,
        }


def _storage_performance(spec: model.Database) -> dict[str, Any]:
    """Return the baseline of large gp3 storage, which RDS wants stated when the storage grows.

    RDS sets it by itself at creation, and refuses it for smaller storage.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html#gp3-storage
    https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBInstance.html
    """
    large = spec.storage_gib >= LARGE_STORAGE_GIB
    return {"iops": 12000, "storage_throughput": 500} if large else {}
