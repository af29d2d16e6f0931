"""PostgreSQL on RDS: the truth about stock."""

from __future__ import annotations

from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_rds as rds
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from catalog_platform import model
from catalog_platform.infra import removal
from catalog_platform.infra.network import Network

PASSWORD_LENGTH = 32


class Database(Construct):
    """`instance`, its `replicas`, the `secret` that opens it and the group that guards it."""

    instance: rds.DatabaseInstance
    replicas: tuple[rds.DatabaseInstanceReadReplica, ...]
    secret: secretsmanager.ISecret
    security_group: ec2.SecurityGroup

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        spec: model.Database,
        network: Network,
        key: kms.IKey,
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
        self.instance = self._build_instance(engine, key, shared)
        self.secret = self.instance.secret or self._generated
        self.replicas = tuple(
            rds.DatabaseInstanceReadReplica(
                self,
                f"Replica{number}",
                source_database_instance=self.instance,
                removal_policy=removal.of_data("destroy"),
                **shared,
            )
            for number in range(1, spec.read_replicas + 1)
        )

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables that tell a function how to connect."""
        return {
            "DATABASE_HOST": self.instance.db_instance_endpoint_address,
            "DATABASE_PORT": self.instance.db_instance_endpoint_port,
            "DATABASE_NAME": self._spec.name,
            "DATABASE_SECRET_ARN": self.secret.secret_arn,
            "DATABASE_TLS": "verify-full" if self._spec.require_tls else "disable",
        }

    def grant_login(self, grantee: iam.IGrantable) -> None:
        """Let `grantee` read the owner's password.

        The ready-made grant would write the grantee into the policy of the key as well, and so
        make the key, which outlives the stack, depend on roles that do not.
        """
        iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["secretsmanager:GetSecretValue"],
            resource_arns=[self.secret.secret_arn],
        )

    def _build_instance(
        self, engine: rds.IInstanceEngine, key: kms.IKey, shared: dict[str, Any]
    ) -> rds.DatabaseInstance:
        spec = self._spec
        self._generated = secretsmanager.Secret(
            self,
            "Secret",
            description="Owner of the product catalog's database",
            encryption_key=key,
            generate_secret_string=secretsmanager.SecretStringGenerator(
                secret_string_template=f'{{"username":"{spec.username}"}}',
                generate_string_key="password",
                exclude_punctuation=True,
                password_length=PASSWORD_LENGTH,
            ),
            removal_policy=removal.of_access(spec.on_removal),
        )
        grows = spec.maximum_storage_gib > spec.storage_gib
        return rds.DatabaseInstance(
            self,
            "Instance",
            engine=engine,
            credentials=rds.Credentials.from_secret(self._generated),
            database_name=spec.name,
            allocated_storage=spec.storage_gib,
            max_allocated_storage=spec.maximum_storage_gib if grows else None,
            # Replicas are encrypted as their source is, and refuse to be told so.
            storage_encrypted=True,
            storage_encryption_key=key,
            multi_az=spec.multi_az,
            backup_retention=Duration.days(spec.backup_retention_days),
            preferred_backup_window=spec.backup_window,
            removal_policy=removal.of_data(spec.on_removal),
            **shared,
        )

    def _shared_settings(
        self, engine: rds.IInstanceEngine, network: Network, key: kms.IKey
    ) -> dict[str, Any]:
        """What the instance and its replicas have in common."""
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
                removal_policy=removal.of_access(spec.on_removal),
            ),
            "security_groups": [self.security_group],
            "publicly_accessible": False,
            "port": spec.port,
            "storage_type": rds.StorageType.GP3,
            "parameter_group": rds.ParameterGroup(
                self,
                "Parameters",
                engine=engine,
                description="PostgreSQL of the product catalog",
                parameters=_parameters(spec),
            ),
            "iam_authentication": True,
            "cloudwatch_logs_exports": ["postgresql", "upgrade"],
            "monitoring_interval": Duration.seconds(spec.monitoring_interval_seconds)
            if spec.monitoring_interval_seconds
            else None,
            "enable_performance_insights": spec.performance_insights,
            "performance_insight_encryption_key": key if spec.performance_insights else None,
            "preferred_maintenance_window": spec.maintenance_window,
            "auto_minor_version_upgrade": True,
            "copy_tags_to_snapshot": True,
            "deletion_protection": spec.deletion_protection,
        }


def _parameters(spec: model.Database) -> dict[str, str]:
    """Server settings; those of pgaudit take effect without its extension being created.

    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.pgaudit.html
    """
    libraries = ["pg_stat_statements"]
    parameters = {"rds.force_ssl": "1" if spec.require_tls else "0"}
    if spec.statement_audit:
        libraries.append("pgaudit")
        parameters["pgaudit.log"] = "ddl,role,write"
    return parameters | {"shared_preload_libraries": ",".join(libraries)}
