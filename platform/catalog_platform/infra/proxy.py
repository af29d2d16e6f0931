"""RDS Proxy: pooled connections to the database that survive its failover."""

from __future__ import annotations

from aws_cdk import Fn, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from aws_cdk import aws_rds as rds
from constructs import Construct

from catalog_platform import model
from catalog_platform.infra.database_role import Login
from catalog_platform.infra.network import Network

# Clients that wait longer than this give up by themselves.
BORROW_SECONDS = 5
IDLE_SECONDS = 900
# The migrations, the rotation and people need connections as well.
MOST_CONNECTIONS_PERCENT = 80


class Proxy(Construct):
    """`proxy` with its `targets`; it logs in as the application's role and knows no other."""

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
        login: Login,
        network: Network,
        log_group: logs.ILogGroup,
    ) -> None:
        super().__init__(scope, id)
        self.security_group = network.security_group(self, "Proxy of the product catalog")
        self.role = self._build_role()
        login.grant(self.role, resource_id_of(instance))
        self.proxy = self._build_proxy(spec, login, network)
        self.proxy.node.add_dependency(log_group, self.role.node.find_child("DefaultPolicy"))
        self.targets = self._build_targets(instance)

    @property
    def resource_id(self) -> str:
        """What IAM knows the proxy by: the end of its ARN, `prx-…`."""
        return Fn.select(6, Fn.split(":", self.proxy.attr_db_proxy_arn))

    def _build_role(self) -> iam.Role:
        return iam.Role(
            self,
            "Role",
            description="RDS Proxy logs in to the product catalog",
            assumed_by=iam.ServicePrincipal(
                "rds.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}},
            ),
        )

    def _build_proxy(self, spec: model.Database, login: Login, network: Network) -> rds.CfnDBProxy:
        return rds.CfnDBProxy(
            self,
            "Proxy",
            # CloudFormation insists on a name; stack names are unique in account and region.
            db_proxy_name=Stack.of(self).stack_name,
            engine_family="POSTGRESQL",
            role_arn=self.role.role_arn,
            require_tls=spec.require_tls,
            idle_client_timeout=IDLE_SECONDS,
            debug_logging=False,
            vpc_subnet_ids=network.vpc.select_subnets(
                subnet_group_name=network.isolated.subnet_group_name
            ).subnet_ids,
            vpc_security_group_ids=[self.security_group.security_group_id],
            default_auth_scheme="NONE" if login.secret else "IAM_AUTH",
            auth=_by_secret(login),
        )

    def _build_targets(self, instance: rds.DatabaseInstance) -> rds.CfnDBProxyTargetGroup:
        return rds.CfnDBProxyTargetGroup(
            self,
            "Targets",
            db_proxy_name=self.proxy.ref,
            # The only name there is.
            target_group_name="default",
            db_instance_identifiers=[instance.instance_identifier],
            connection_pool_configuration_info=(
                rds.CfnDBProxyTargetGroup.ConnectionPoolConfigurationInfoFormatProperty(
                    connection_borrow_timeout=BORROW_SECONDS,
                    max_connections_percent=MOST_CONNECTIONS_PERCENT,
                )
            ),
        )


def resource_id_of(instance: rds.DatabaseInstance) -> str:
    """What IAM knows an instance by: `db-…`, the same whatever it is called."""
    resource_id = instance.instance_resource_id
    assert resource_id is not None  # noqa: S101 - of instances that are made here it is known
    return resource_id


def _by_secret(login: Login) -> list[rds.CfnDBProxy.AuthFormatProperty] | None:
    """How clients prove themselves with a password; tokens need no list of who may come.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-rds-dbproxy.html
    """
    if login.secret is None:
        return None
    return [
        rds.CfnDBProxy.AuthFormatProperty(
            auth_scheme="SECRETS",
            iam_auth="DISABLED",
            secret_arn=login.secret.secret_arn,
            client_password_auth_type="POSTGRES_SCRAM_SHA_256",  # noqa: S106 - a method
        )
    ]
