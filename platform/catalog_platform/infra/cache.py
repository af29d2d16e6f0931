"""The Redis-compatible cache, which can always be refilled from the database."""

from __future__ import annotations

from aws_cdk import CfnUpdatePolicy, RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticache as elasticache
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from catalog_platform import model
from catalog_platform.infra.network import Network

TOKEN_LENGTH = 64


class Cache(Construct):
    """The replication group with its endpoint and security group.

    `secret` holds the authentication token, or is None without authentication.
    """

    group: elasticache.CfnReplicationGroup
    host: str
    port: str
    secret: secretsmanager.Secret | None
    security_group: ec2.SecurityGroup

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        spec: model.Cache,
        network: Network,
        key: kms.IKey,
    ) -> None:
        super().__init__(scope, id)
        self._spec = spec
        self.security_group = network.security_group(self, "Cache of the product catalog")
        self.secret = self._build_secret(key) if spec.authentication else None
        self.group = self._build_group(network, key)
        if spec.is_cluster:
            self.host = self.group.attr_configuration_end_point_address
            self.port = self.group.attr_configuration_end_point_port
        else:
            self.host = self.group.attr_primary_end_point_address
            self.port = self.group.attr_primary_end_point_port

    @property
    def reader_endpoint(self) -> str:
        """Return the host for read-only clients.

        In cluster mode it is the configuration endpoint, through which clients find replicas.
        """
        if self._spec.is_cluster:
            return self.host
        return self.group.attr_reader_end_point_address

    @property
    def environment(self) -> dict[str, str]:
        """Return the environment variables with which a function connects to the cache."""
        return {
            "CACHE_HOST": self.host,
            "CACHE_PORT": self.port,
            "CACHE_TLS": "true" if self._spec.uses_tls else "false",
            "CACHE_CLUSTER_MODE": "true" if self._spec.is_cluster else "false",
            "CACHE_SECRET_ARN": self.secret.secret_arn if self.secret else "",
        }

    def grant_login(self, grantee: iam.IGrantable) -> None:
        """Allow `grantee` to read the authentication token, if there is one."""
        if self.secret is not None:
            iam.Grant.add_to_principal(
                grantee=grantee,
                actions=["secretsmanager:GetSecretValue"],
                resource_arns=[self.secret.secret_arn],
            )

    @property
    def nodes(self) -> tuple[str, ...]:
        """Return the identifiers of the nodes, as CloudWatch metrics use them.

        https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/CacheMetrics.html
        """
        members = range(1, self._spec.replicas_per_shard + 2)
        # In compatible mode, the nodes are still those of a cache without cluster mode.
        if self._spec.cluster_mode != "enabled":
            return tuple(f"{self.group.ref}-{member:03}" for member in members)
        shards = range(1, self._spec.shards + 1)
        return tuple(
            f"{self.group.ref}-{shard:04}-{member:03}" for shard in shards for member in members
        )

    def _build_secret(self, key: kms.IKey) -> secretsmanager.Secret:
        return secretsmanager.Secret(
            self,
            "Secret",
            description="Authentication token for clients of the product catalog's cache",
            encryption_key=key,
            generate_secret_string=secretsmanager.SecretStringGenerator(
                exclude_punctuation=True, password_length=TOKEN_LENGTH
            ),
            removal_policy=RemovalPolicy.DESTROY,
        )

    def _build_group(self, network: Network, key: kms.IKey) -> elasticache.CfnReplicationGroup:
        spec = self._spec
        subnets = elasticache.CfnSubnetGroup(
            self,
            "Subnets",
            description="Isolated subnets of the product catalog",
            subnet_ids=network.vpc.select_subnets(
                subnet_group_name=network.isolated.subnet_group_name
            ).subnet_ids,
        )
        parameters = self._build_parameters()
        group = elasticache.CfnReplicationGroup(
            self,
            "Group",
            replication_group_description="Cache of the product catalog",
            engine=spec.engine,
            engine_version=spec.engine_version,
            cache_node_type=spec.node_type,
            port=spec.port,
            cluster_mode=spec.cluster_mode,
            num_node_groups=spec.shards,
            replicas_per_node_group=spec.replicas_per_shard,
            automatic_failover_enabled=spec.automatic_failover,
            multi_az_enabled=spec.automatic_failover,
            at_rest_encryption_enabled=True,
            kms_key_id=key.key_arn,
            transit_encryption_enabled=spec.uses_tls,
            # Stated in both modes: CloudFormation does not change what a template omits.
            transit_encryption_mode=spec.transit_encryption if spec.uses_tls else None,
            auth_token=self.secret.secret_value.unsafe_unwrap() if self.secret else None,
            cache_subnet_group_name=subnets.ref,
            cache_parameter_group_name=parameters.ref,
            security_group_ids=[self.security_group.security_group_id],
            snapshot_retention_limit=spec.snapshot_retention_days,
            snapshot_window=spec.snapshot_window,
            preferred_maintenance_window=spec.maintenance_window,
            auto_minor_version_upgrade=True,
        )
        # Without this policy, another number of shards replaces the group.
        # https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-attribute-updatepolicy.html#cfn-attributes-updatepolicy-useonlineresharding
        group.cfn_options.update_policy = CfnUpdatePolicy(use_online_resharding=True)
        snapshots = spec.snapshot_retention_days > 0
        group.apply_removal_policy(RemovalPolicy.SNAPSHOT if snapshots else RemovalPolicy.DESTROY)
        return group

    def _build_parameters(self) -> elasticache.CfnParameterGroup:
        """Create the parameter group; there is one for clusters, because of `cluster-enabled`.

        ElastiCache can't modify that parameter, but a change of the cluster mode may come with
        another group.

        https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/modify-cluster-mode.html
        """
        spec = self._spec
        return elasticache.CfnParameterGroup(
            self,
            "ClusterParameters" if spec.is_cluster else "Parameters",
            cache_parameter_group_family=_family(spec),
            description="Cache of the product catalog",
            # Entries have no expiry. Any of them may be evicted, since the database has them all.
            properties={"maxmemory-policy": "allkeys-lru"}
            | ({"cluster-enabled": "yes"} if spec.is_cluster else {}),
        )


def _family(spec: model.Cache) -> str:
    """Return the parameter group family of an engine version: `valkey8`, `redis7`, `redis6.x`.

    https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateCacheParameterGroup.html
    """
    major, _, minor = spec.engine_version.partition(".")
    if spec.engine == "redis" and int(major) < 6:
        return f"redis{major}.{minor}"
    return f"{spec.engine}{major}" + (".x" if (spec.engine, major) == ("redis", "6") else "")
