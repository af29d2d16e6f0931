"""The base construct of the Lambda functions, which run inside the VPC."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from catalog_platform import bundle, model
from catalog_platform.infra.network import Network

_ARCHITECTURES = {
    "arm64": lambda_.Architecture.ARM_64,
    "x86_64": lambda_.Architecture.X86_64,
}
# As in the managed policy AWSLambdaVPCAccessExecutionRole.
INTERFACE_CHANGES = (
    "ec2:AssignPrivateIpAddresses",
    "ec2:CreateNetworkInterface",
    "ec2:DeleteNetworkInterface",
    "ec2:UnassignPrivateIpAddresses",
)
INTERFACE_READS = ("ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets")


@dataclass(frozen=True, slots=True)
class FunctionDefaults:
    """The settings that all functions of an environment share.

    Runtime, architecture, tracing and log level come from the manifest's `processor` section.
    """

    spec: model.Processor
    environment: model.Environment
    network: Network
    key: kms.IKey

    @property
    def single_concurrency(self) -> int | None:
        """Return the reserved concurrency of a function that must not run concurrently.

        Return None if the environment reserves no concurrency. The function's own locks then have
        to prevent concurrent runs.
        """
        return None if self.spec.reserved_concurrency is None else 1


class Function(Construct):
    """A Lambda function with its role and security group.

    The role may only attach the function to the VPC and write its log. Subclasses and
    `CatalogStack` grant everything else.
    """

    function: lambda_.Function
    role: iam.Role
    security_group: ec2.SecurityGroup
    role_id = "Role"

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
            code=code_of(code),
            handler=handler,
            runtime=lambda_.Runtime(spec.runtime, lambda_.RuntimeFamily.PYTHON),
            architecture=_ARCHITECTURES[spec.architecture],
            memory_size=memory_mb,
            timeout=Duration.seconds(timeout_seconds),
            reserved_concurrent_executions=reserved_concurrency,
            environment={
                "ENVIRONMENT_NAME": defaults.environment.name,
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
            # The functions apply LOG_LEVEL themselves: Lambda's filter would also drop the metrics
            # that they write to the log.
            application_log_level_v2=lambda_.ApplicationLogLevel.DEBUG,
        )

    def _build_security_group(self, description: str, network: Network) -> ec2.SecurityGroup:
        group = network.security_group(self, description)
        # Routes and endpoint policies limit the targets of HTTPS. A narrower rule would need the
        # prefix list of S3's gateway endpoint, whose id has to be looked up.
        group.add_egress_rule(ec2.Peer.any_ipv4(), ec2.Port.tcp(443), "HTTPS to AWS services")
        return group

    def _build_role(self, description: str, log_group: logs.ILogGroup) -> iam.Role:
        role = iam.Role(
            self,
            self.role_id,
            description=description,
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
        )
        log_group.grant_write(role)
        for statement in _network_interfaces(Stack.of(self)):
            role.add_to_principal_policy(statement)
        return role


def code_of(path: Path) -> lambda_.AssetCode:
    """Return the code in a bundle, as an asset with the digest of the bundle's content.

    The CDK neither reads the file nor hashes it. Raises `PlatformError` if it is no bundle.
    """
    return lambda_.Code.from_asset(str(path), asset_hash=bundle.content_digest(path))


def calls_of_code(stack: Stack) -> dict[str, dict[str, str]]:
    """Return the condition that holds for calls of a function's code, but not of Lambda itself.

    It names any function of the account: the name of this one depends on the role. Calls that
    Lambda makes with the function's role, for example to write a discarded batch, lack the key.

    https://docs.aws.amazon.com/lambda/latest/dg/permissions-source-function-arn.html
    """
    functions = stack.format_arn(
        service="lambda",
        resource="function",
        resource_name="*",
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
    return {"ArnLike": {"lambda:SourceFunctionArn": functions}}


def _network_interfaces(stack: Stack) -> tuple[iam.PolicyStatement, ...]:
    """Return the permissions to attach a function to a VPC, for this account and region only.

    Lambda itself uses them, with the function's role. The function's code doesn't need them, so the
    last statement denies them there.

    https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
    """
    return (
        iam.PolicyStatement(
            actions=list(INTERFACE_CHANGES),
            resources=[stack.format_arn(service="ec2", resource="*", resource_name="*")],
        ),
        # Describe actions don't support resource-level permissions.
        iam.PolicyStatement(actions=list(INTERFACE_READS), resources=["*"]),
        iam.PolicyStatement(
            effect=iam.Effect.DENY,
            actions=[*INTERFACE_CHANGES, *INTERFACE_READS, "ec2:DetachNetworkInterface"],
            resources=["*"],
            conditions=calls_of_code(stack),
        ),
    )
