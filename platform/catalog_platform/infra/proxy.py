"""RDS Proxy, which pools database connections and keeps them open during a failover."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from aws_cdk import Fn, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_rds as rds
from constructs import Construct

from catalog_platform import model
from catalog_platform.infra.database_role import DatabaseRole
from catalog_platform.infra.logs import Logs
from catalog_platform.infra.network import Network

# Clients time out by themselves after this wait.
BORROW_SECONDS = 5
IDLE_SECONDS = 900
# Leaves connections for the migrations, the rotation and people.
MAXIMUM_CONNECTIONS_PERCENT = 80


class Proxy(Construct):
    """The proxy and its target group; the proxy can log in only as the functions' roles.

    A proxy can't change its subnets: CloudFormation replaces it, which needs another name. So the
    name ends in a digest of the subnets. `zones` has the letters of their zones, such as `ab`.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbproxy.html#cfn-rds-dbproxy-vpcsubnetids
    """

    zones: str
    proxy: rds.CfnDBProxy
    targets: rds.CfnDBProxyTargetGroup
    role: iam.Role
    security_group: ec2.SecurityGroup

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        spec: model.Database,
        instance: rds.DatabaseInstance,
        roles: Sequence[DatabaseRole],
        network: Network,
        logs: Logs,
    ) -> None:
        super().__init__(scope, id)
        stack = Stack.of(self)
        subnets = network.vpc.select_subnets(
            subnet_group_name=network.isolated.subnet_group_name
        ).subnets
        self.zones = "".join(
            subnet.availability_zone.removeprefix(stack.region) for subnet in subnets
        )
        # CloudFormation requires a name. Stack names are unique per account and region.
        self._name = f"{stack.stack_name}-{_digest(subnets)}"
        self.security_group = network.security_group(self, "Proxy of the product catalog")
        self.role = self._build_role()
        permissions = [
            role.grant(self.role, instance_resource_id(instance), target="instance")
            for role in roles
        ]
        self.proxy = self._build_proxy(spec, roles, subnets)
        log_group = logs.named(
            "DatabaseProxy", f"/aws/rds/proxy/{self._name}", outlives_stack=False
        )
        self.proxy.node.add_dependency(log_group, *permissions)
        self.targets = self._build_targets(instance)

    @property
    def resource_id(self) -> str:
        """Return the proxy's resource id for IAM policies, `prx-…`, the end of its ARN."""
        return Fn.select(6, Fn.split(":", self.proxy.attr_db_proxy_arn))

    def _build_role(self) -> iam.Role:
        """Create the role that RDS Proxy assumes, without a condition on the account.

        AWS documents `aws:SourceAccount` for roles of instances only. If RDS doesn't send it for a
        proxy, the proxy never gets healthy. A role can't be passed to another account anyway.

        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/cross-service-confused-deputy-prevention.html
        """
        return iam.Role(
            self,
            "Role",
            description="RDS Proxy logs in to the product catalog",
            assumed_by=iam.ServicePrincipal("rds.amazonaws.com"),
        )

    def _build_proxy(
        self,
        spec: model.Database,
        roles: Sequence[DatabaseRole],
        subnets: Sequence[ec2.ISubnet],
    ) -> rds.CfnDBProxy:
        return rds.CfnDBProxy(
            self,
            "Proxy",
            db_proxy_name=self._name,
            engine_family="POSTGRESQL",
            role_arn=self.role.role_arn,
            require_tls=spec.require_tls,
            idle_client_timeout=IDLE_SECONDS,
            debug_logging=False,
            vpc_subnet_ids=[subnet.subnet_id for subnet in subnets],
            vpc_security_group_ids=[self.security_group.security_group_id],
            default_auth_scheme="NONE" if spec.authentication == "password" else "IAM_AUTH",
            auth=_by_secret(roles),
        )

    def _build_targets(self, instance: rds.DatabaseInstance) -> rds.CfnDBProxyTargetGroup:
        return rds.CfnDBProxyTargetGroup(
            self,
            "Targets",
            db_proxy_name=self.proxy.ref,
            # RDS Proxy supports no other name.
            target_group_name="default",
            db_instance_identifiers=[instance.instance_identifier],
            connection_pool_configuration_info=(
                rds.CfnDBProxyTargetGroup.ConnectionPoolConfigurationInfoFormatProperty(
                    connection_borrow_timeout=BORROW_SECONDS,
                    max_connections_percent=MAXIMUM_CONNECTIONS_PERCENT,
                )
            ),
        )


def _digest(subnets: Sequence[ec2.ISubnet]) -> str:
    """Return eight characters that change when a subnet is added, removed or replaced."""
    facts = [f"{subnet.availability_zone} {subnet.ipv4_cidr_block}" for subnet in subnets]
    return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:8]


def instance_resource_id(
    instance: rds.DatabaseInstance | rds.DatabaseInstanceReadReplica,
) -> str:
    """Return an instance's resource id for IAM policies, `db-…`, which a rename doesn't change."""
    resource_id = instance.instance_resource_id
    assert resource_id is not None  # noqa: S101 - only imported instances lack it
    return resource_id


def _by_secret(roles: Sequence[DatabaseRole]) -> list[rds.CfnDBProxy.AuthFormatProperty] | None:
    """Return the proxy's authentication with passwords; IAM tokens need no such list.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-rds-dbproxy.html
    """
    return [
        rds.CfnDBProxy.AuthFormatProperty(
            auth_scheme="SECRETS",
            iam_auth="DISABLED",
            secret_arn=role.secret.secret_arn,
            client_password_auth_type="POSTGRES_SCRAM_SHA_256",  # noqa: S106 - a method
        )
        for role in roles
        if role.secret is not None
    ] or None
