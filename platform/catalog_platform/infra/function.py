"""A Lambda function inside the VPC, with a role that starts out with next to nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aws_cdk import Duration, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from catalog_platform import model
from catalog_platform.infra.network import Network

_ARCHITECTURES = {
    "arm64": lambda_.Architecture.ARM_64,
    "x86_64": lambda_.Architecture.X86_64,
}


@dataclass(frozen=True, slots=True)
class FunctionDefaults:
    """What all functions of an environment stand on.

    Runtime, architecture, tracing and log level are those of the processor's section.
    """

    spec: model.Processor
    place: model.Environment
    network: Network
    key: kms.IKey

    @property
    def one_at_a_time(self) -> int | None:
        """The reservation of a function that must not run twice at once.

        None where nothing may be reserved: what the function does itself has to be enough there.
        """
        return None if self.spec.reserved_concurrency is None else 1


class Function(Construct):
    """`function` with its `role` and `security_group`; what it may reach is granted elsewhere."""

    function: lambda_.Function
    role: iam.Role
    security_group: ec2.SecurityGroup

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        defaults: FunctionDefaults,
        description: str,
        code: Path,
        handler: str,
        memory_mb: int,
        timeout_seconds: int,
        reserved_concurrency: int | None,
        environment: Mapping[str, str],
        log_group: logs.ILogGroup,
    ) -> None:
        super().__init__(scope, id)
        spec = defaults.spec
        self.security_group = self._build_security_group(description, defaults.network)
        self.role = self._build_role(description, log_group)
        self.function = lambda_.Function(
            self,
            "Function",
            description=description,
            code=lambda_.Code.from_asset(str(code)),
            handler=handler,
            runtime=lambda_.Runtime(spec.runtime, lambda_.RuntimeFamily.PYTHON),
            architecture=_ARCHITECTURES[spec.architecture],
            memory_size=memory_mb,
            timeout=Duration.seconds(timeout_seconds),
            reserved_concurrent_executions=reserved_concurrency,
            environment={
                "ENVIRONMENT_NAME": defaults.place.name,
                "LOG_LEVEL": spec.log_level,
                **environment,
            },
            environment_encryption=defaults.key,
            role=self.role,
            vpc=defaults.network.vpc,
            vpc_subnets=defaults.network.private,
            security_groups=[self.security_group],
            tracing=lambda_.Tracing.ACTIVE if spec.tracing else lambda_.Tracing.DISABLED,
            log_group=log_group,
            logging_format=lambda_.LoggingFormat.JSON,
            # The functions hold back what is below LOG_LEVEL; Lambda would drop metrics as well.
            application_log_level_v2=lambda_.ApplicationLogLevel.DEBUG,
        )

    def _build_security_group(self, description: str, network: Network) -> ec2.SecurityGroup:
        group = network.security_group(self, description)
        # Where HTTPS may lead is decided by routes and endpoint policies: the addresses of S3's
        # gateway have no name that could be written here without looking it up.
        group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(443), "HTTPS to AWS services")
        return group

    def _build_role(self, description: str, log_group: logs.ILogGroup) -> iam.Role:
        role = iam.Role(
            self,
            "Role",
            description=description,
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        )
        log_group.grant_write(role)
        for statement in _network_interfaces(Stack.of(self)):
            role.add_to_principal_policy(statement)
        return role


def _network_interfaces(stack: Stack) -> tuple[iam.PolicyStatement, ...]:
    """What Lambda needs to attach a function to a VPC, for this account and region only.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
    """
    return (
        iam.PolicyStatement(
            actions=[
                "ec2:AssignPrivateIpAddresses",
                "ec2:CreateNetworkInterface",
                "ec2:DeleteNetworkInterface",
                "ec2:UnassignPrivateIpAddresses",
            ],
            resources=[stack.format_arn(service="ec2", resource="*", resource_name="*")],
        ),
        # Listing cannot be narrowed to resources.
        iam.PolicyStatement(
            actions=[
                "ec2:DescribeNetworkInterfaces",
                "ec2:DescribeSecurityGroups",
                "ec2:DescribeSubnets",
                "ec2:DescribeVpcs",
            ],
            resources=["*"],
        ),
    )
