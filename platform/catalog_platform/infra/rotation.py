"""The password rotation function, which Secrets Manager invokes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct, IDependable

from catalog_platform import model
from catalog_platform.infra.function import Function, FunctionDefaults

MEMORY_MB = 256
TIMEOUT_SECONDS = 60


class Rotation(Function):
    """The rotation function with a schedule per secret.

    It is a second handler in the migrator's bundle. AWS's hosted rotation would be a nested stack
    that CloudFormation adds during the deployment, so the policy checks would not see it.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        defaults: FunctionDefaults,
        code: Path,
        every_days: int,
        secrets: Mapping[str, secretsmanager.ISecret],
        after: Sequence[IDependable],
        environment: Mapping[str, str],
        log_group: logs.ILogGroup,
    ) -> None:
        super().__init__(
            scope,
            id,
            defaults=defaults,
            description="Rotates the passwords of the product catalog",
            code=code,
            handler="schema_migrator.rotation.handle",
            memory_mb=MEMORY_MB,
            timeout_seconds=TIMEOUT_SECONDS,
            reserved_concurrency=defaults.single_concurrency,
            environment=environment,
            log_group=log_group,
        )
        for name, secret in secrets.items():
            self._schedule(name, secret, every_days, after, defaults.environment)
        # Secrets Manager generates the passwords. The action supports no resources.
        self.role.add_to_principal_policy(
            iam.PolicyStatement(actions=["secretsmanager:GetRandomPassword"], resources=["*"])
        )

    def _schedule(
        self,
        name: str,
        secret: secretsmanager.ISecret,
        every_days: int,
        after: Sequence[IDependable],
        environment: model.Environment,
    ) -> None:
        """Create the schedule of one secret, and grant the permissions to rotate it.

        https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotating-secrets-required-permissions-function.html
        """
        iam.Grant.add_to_principal(
            grantee=self.role,
            actions=[
                "secretsmanager:DescribeSecret",
                "secretsmanager:GetSecretValue",
                "secretsmanager:ListSecretVersionIds",
                "secretsmanager:PutSecretValue",
                "secretsmanager:UpdateSecretVersionStage",
            ],
            resource_arns=[secret.secret_arn],
        )
        permission = lambda_.CfnPermission(
            self,
            f"{name}Permission",
            action="lambda:InvokeFunction",
            function_name=self.function.function_arn,
            principal="secretsmanager.amazonaws.com",
            source_account=environment.account,
            source_arn=secret.secret_arn,
        )
        schedule = secretsmanager.CfnRotationSchedule(
            self,
            f"{name}Schedule",
            secret_id=secret.secret_arn,
            rotation_lambda_arn=self.function.function_arn,
            rotate_immediately_on_update=False,
            rotation_rules=secretsmanager.CfnRotationSchedule.RotationRulesProperty(
                automatically_after_days=every_days
            ),
        )
        schedule.node.add_dependency(permission, self.role, *after)
