"""The VPC with its subnets, endpoints, flow logs and security group rules."""

from __future__ import annotations

from collections.abc import Sequence

from aws_cdk import Stack, aws_logs
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from constructs import Construct, DependencyGroup, IDependable

from catalog_platform import model
from catalog_platform.infra.logs import Logs

MAXIMUM_ZONES = 6
_TRAFFIC = {
    "all": ec2.FlowLogTrafficType.ALL,
    "accept": ec2.FlowLogTrafficType.ACCEPT,
    "reject": ec2.FlowLogTrafficType.REJECT,
}
# The prefix of a service's actions where it differs from the name of its endpoint.
_ACTION_PREFIXES = {"kinesis-streams": "kinesis", "monitoring": "cloudwatch"}
# Actions that use no resource of any account.
_ACTIONS_WITHOUT_RESOURCES = {"secretsmanager": ["secretsmanager:GetRandomPassword"]}


class Network(Construct):
    """The VPC and the subnets of functions (`private`) and data stores (`isolated`)."""

    vpc: ec2.Vpc
    private: ec2.SubnetSelection
    isolated: ec2.SubnetSelection

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        spec: model.Network,
        logs: Logs,
    ) -> None:
        super().__init__(scope, id)
        self.private = ec2.SubnetSelection(subnet_group_name="Private")
        self.isolated = ec2.SubnetSelection(subnet_group_name="Isolated")
        self.vpc = self._build_vpc(spec)
        self._connectivity = DependencyGroup(self.vpc.internet_connectivity_established)
        self._build_flow_log(spec, logs.flow)
        self._storage = self._build_storage_endpoint()
        if spec.interface_endpoints:
            self._build_interface_endpoints(spec)

    @property
    def connectivity(self) -> IDependable:
        """Return the routes, endpoints and rules that must exist before a function is invoked."""
        return self._connectivity

    def security_group(self, scope: Construct, description: str) -> ec2.SecurityGroup:
        """Create a security group without any rules; `allow` adds them."""
        return ec2.SecurityGroup(
            scope,
            "SecurityGroup",
            vpc=self.vpc,
            description=description,
            allow_all_outbound=False,
        )

    def allow(
        self,
        name: str,
        source: ec2.ISecurityGroup,
        target: ec2.ISecurityGroup,
        port: int,
    ) -> None:
        """Allow TCP connections to `port` from one security group to another.

        The rules are separate resources with explicit ids. Ids that the CDK generates contain the
        stack's name, so they would differ between environments.
        """
        description = f"{name} on port {port}"
        egress = ec2.CfnSecurityGroupEgress(
            self,
            f"{name}Egress",
            group_id=source.security_group_id,
            destination_security_group_id=target.security_group_id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=description,
        )
        ingress = ec2.CfnSecurityGroupIngress(
            self,
            f"{name}Ingress",
            group_id=target.security_group_id,
            source_security_group_id=source.security_group_id,
            ip_protocol="tcp",
            from_port=port,
            to_port=port,
            description=description,
        )
        self._connectivity.add(egress, ingress)

    def allow_clients(
        self, name: str, spec: model.Database | model.Cache, *targets: ec2.ISecurityGroup
    ) -> None:
        """Allow the clients of a store TCP connections to its port in each group, once.

        A client is a group's id, with its account in front if that is another one: `ACCOUNT/ID`.
        """
        for client in spec.client_security_groups:
            account, _, group = client.rpartition("/")
            for number, target in enumerate(dict.fromkeys(targets), start=1):
                ec2.CfnSecurityGroupIngress(
                    self,
                    f"{name}{number}From{group.removeprefix('sg-')}",
                    group_id=target.security_group_id,
                    source_security_group_id=group,
                    source_security_group_owner_id=account or None,
                    ip_protocol="tcp",
                    from_port=spec.port,
                    to_port=spec.port,
                    description=f"{name} from a client outside the stack",
                )

    def allow_storage(self, actions: Sequence[str], resource_arns: Sequence[str]) -> None:
        """Allow this account's identities to use its own S3 resources from inside the VPC."""
        self._storage.add_to_policy(self._own_account_only(actions, resource_arns))

    def _own_account_only(
        self, actions: Sequence[str], resource_arns: Sequence[str] = ("*",)
    ) -> iam.PolicyStatement:
        """Allow actions to identities of this account, on resources of this account.

        Without it, code in the VPC could carry data out with credentials of another account.

        https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
        https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_data-perimeters.html
        """
        account = Stack.of(self).account
        return iam.PolicyStatement(
            principals=[iam.AnyPrincipal()],
            actions=list(actions),
            resources=list(resource_arns),
            conditions={
                "StringEquals": {"aws:PrincipalAccount": account, "aws:ResourceAccount": account}
            },
        )

    def _own_identities_only(self, actions: Sequence[str]) -> iam.PolicyStatement:
        """Allow actions that have no resource to identities of this account."""
        return iam.PolicyStatement(
            principals=[iam.AnyPrincipal()],
            actions=list(actions),
            resources=["*"],
            conditions={"StringEquals": {"aws:PrincipalAccount": Stack.of(self).account}},
        )

    def _build_vpc(self, spec: model.Network) -> ec2.Vpc:
        zones = len(spec.availability_zones)
        tier = (
            ec2.SubnetType.PRIVATE_WITH_EGRESS
            if spec.nat_gateways
            else ec2.SubnetType.PRIVATE_ISOLATED
        )

        def subnets(name: str, kind: ec2.SubnetType) -> ec2.SubnetConfiguration:
            return ec2.SubnetConfiguration(
                name=name,
                subnet_type=kind,
                cidr_mask=spec.subnet_prefix_length,
                map_public_ip_on_launch=False if kind is ec2.SubnetType.PUBLIC else None,
                # Without NAT there are no public subnets, no internet gateway and no route to the
                # internet. Their addresses stay reserved, so that NAT can be enabled later without
                # moving other subnets.
                reserved=kind is ec2.SubnetType.PUBLIC and not spec.nat_gateways,
            )

        return ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ec2.IpAddresses.cidr(spec.cidr),
            max_azs=zones,
            # Addresses for future zones are reserved, so that adding one moves no other subnet.
            reserved_azs=_reserved_zones(spec, zones),
            nat_gateways=spec.nat_gateways,
            # The CDK would need an extra Lambda function to remove the rules of the default
            # group, which no resource uses.
            restrict_default_security_group=False,
            subnet_configuration=[
                subnets("Public", ec2.SubnetType.PUBLIC),
                subnets("Private", tier),
                subnets("Isolated", ec2.SubnetType.PRIVATE_ISOLATED),
            ],
        )

    def _build_flow_log(self, spec: model.Network, group: aws_logs.ILogGroup) -> None:
        role = iam.Role(
            self,
            "FlowLogRole",
            description="VPC flow logs write to their log group",
            assumed_by=iam.ServicePrincipal(
                "vpc-flow-logs.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": Stack.of(self).account}},
            ),
        )
        ec2.FlowLog(
            self,
            "FlowLog",
            resource_type=ec2.FlowLogResourceType.from_vpc(self.vpc),
            destination=ec2.FlowLogDestination.to_cloud_watch_logs(group, role),
            traffic_type=_TRAFFIC[spec.flow_logs],
        )

    def _build_storage_endpoint(self) -> ec2.GatewayVpcEndpoint:
        """Create the S3 gateway endpoint; at first, only CloudFormation's responses may pass.

        Custom resources send their responses to a bucket of CloudFormation, with URLs that
        CloudFormation has signed. No condition on the principal or the owner of the bucket would
        be met.

        https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/vpc-interface-endpoints.html
        """
        stack = Stack.of(self)
        endpoint = self.vpc.add_gateway_endpoint(
            "StorageEndpoint", service=ec2.GatewayVpcEndpointAwsService.S3
        )
        bucket = f"cloudformation-custom-resource-response-{stack.region.replace('-', '')}"
        endpoint.add_to_policy(
            iam.PolicyStatement(
                principals=[iam.AnyPrincipal()],
                actions=["s3:PutObject"],
                resources=[f"arn:{stack.partition}:s3:::{bucket}/*"],
            )
        )
        self._connectivity.add(endpoint)
        return endpoint

    def _build_interface_endpoints(self, spec: model.Network) -> None:
        group = ec2.SecurityGroup(
            self,
            "EndpointSecurityGroup",
            vpc=self.vpc,
            description="HTTPS from inside the VPC to the interface endpoints",
            allow_all_outbound=False,
        )
        group.add_ingress_rule(
            ec2.Peer.ipv4(spec.cidr), ec2.Port.tcp(443), "HTTPS from inside the VPC"
        )
        for service in spec.interface_endpoints:
            endpoint = self.vpc.add_interface_endpoint(
                "".join(word.title() for word in service.split("-")) + "Endpoint",
                service=ec2.InterfaceVpcEndpointAwsService(service),
                subnets=self.private,
                security_groups=[group],
                open=False,
            )
            endpoint.add_to_policy(
                self._own_account_only([f"{_ACTION_PREFIXES.get(service, service)}:*"])
            )
            if actions := _ACTIONS_WITHOUT_RESOURCES.get(service):
                endpoint.add_to_policy(self._own_identities_only(actions))
            self._connectivity.add(endpoint)


def _reserved_zones(spec: model.Network, zones: int) -> int:
    """Return the number of additional zones whose three subnets fit into the VPC."""
    vpc_prefix_length = int(spec.cidr.partition("/")[2])
    subnets = 1 << max(0, spec.subnet_prefix_length - vpc_prefix_length)
    return max(0, min(MAXIMUM_ZONES, subnets // 3) - zones)
