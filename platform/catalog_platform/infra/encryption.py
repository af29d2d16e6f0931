"""The customer-managed KMS keys and their policies for AWS services."""

from __future__ import annotations

from aws_cdk import Duration, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from catalog_platform import model
from catalog_platform.infra import removal


class Encryption(Construct):
    """Two KMS keys with rotation.

    `key` encrypts every data store of the environment. `monitoring_key` encrypts what reports that
    `key` is unusable: the topics of the alarms, the trail and its log group.
    """

    key: kms.Key
    monitoring_key: kms.Key

    def __init__(self, scope: Construct, id: str, *, spec: model.Encryption) -> None:  # noqa: A002
        super().__init__(scope, id)
        stack = Stack.of(self)
        self.key = self._build_key("Key", "Encrypts every data store of the product catalog", spec)
        self.monitoring_key = self._build_key(
            "MonitoringKey", "Encrypts alarms and the trail of the product catalog", spec
        )
        # Stack names are unique per account and region, so the alias is unique too.
        kms.Alias(self, "Alias", alias_name=f"alias/{stack.stack_name}", target_key=self.key)

    def allow_log_groups(self) -> None:
        """Allow CloudWatch Logs to encrypt only log groups of this account and region.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
        """
        stack = Stack.of(self)
        groups = stack.format_arn(service="logs", resource="log-group:*")
        for key in (self.key, self.monitoring_key):
            _allow(
                key,
                iam.ServicePrincipal(f"logs.{stack.region}.amazonaws.com"),
                ["kms:Encrypt*", "kms:Decrypt*", "kms:ReEncrypt*", "kms:GenerateDataKey*"],
                {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
            )

    def allow_alarms(self) -> None:
        """Allow CloudWatch alarms to publish to encrypted topics; otherwise delivery fails.

        https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
        """
        _allow(
            self.monitoring_key,
            iam.ServicePrincipal("cloudwatch.amazonaws.com"),
            ["kms:Decrypt", "kms:GenerateDataKey*"],
            {"StringEquals": {"aws:SourceAccount": Stack.of(self).account}},
        )

    def allow_trails(self) -> None:
        """Allow CloudTrail to encrypt the log files of this account's trails.

        DescribeKey has a statement of its own: only cryptographic operations have an encryption
        context.
        https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
        https://docs.aws.amazon.com/kms/latest/developerguide/encrypt_context.html
        """
        stack = Stack.of(self)
        trails = stack.format_arn(service="cloudtrail", resource="trail", resource_name="*")
        context = stack.format_arn(
            service="cloudtrail", region="*", resource="trail", resource_name="*"
        )
        service, source = (
            iam.ServicePrincipal("cloudtrail.amazonaws.com"),
            {"aws:SourceArn": trails},
        )
        _allow(
            self.monitoring_key,
            service,
            ["kms:GenerateDataKey*"],
            {
                "ArnLike": source,
                "StringLike": {"kms:EncryptionContext:aws:cloudtrail:arn": context},
            },
        )
        _allow(self.monitoring_key, service, ["kms:DescribeKey"], {"ArnLike": source})

    def grant_copies(self, grantee: iam.IGrantable) -> None:
        """Allow `grantee` to copy data that is encrypted with the key, through AWS services.

        https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html
        """
        self.key.grant(grantee, "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey")
        iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["kms:CreateGrant"],
            resource_arns=[self.key.key_arn],
            conditions={"Bool": {"kms:GrantIsForAWSResource": "true"}},
        )

    def grant_use(self, grantee: iam.IGrantable) -> None:
        """Allow `grantee` to encrypt and decrypt data in resources that it has access to."""
        self.key.grant(grantee, "kms:Decrypt", "kms:GenerateDataKey")

    def grant_decrypt(self, grantee: iam.IGrantable) -> None:
        """Allow `grantee` to decrypt data in resources that it can read, but to encrypt nothing."""
        self.key.grant(grantee, "kms:Decrypt")

    def _build_key(self, id: str, description: str, spec: model.Encryption) -> kms.Key:  # noqa: A002
        key = kms.Key(
            self,
            id,
            description=description,
            enable_key_rotation=True,
            rotation_period=Duration.days(spec.rotation_days),
            pending_window=Duration.days(spec.deletion_window_days),
            removal_policy=removal.data_policy(spec.on_removal),
        )
        _limit_grants(key)
        return key


def _limit_grants(key: kms.Key) -> None:
    """Deny all principals except AWS services the creation of grants for the key.

    https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html#conditions-kms-grant-is-for-aws-resource
    """
    key.add_to_resource_policy(
        iam.PolicyStatement(
            effect=iam.Effect.DENY,
            principals=[iam.AnyPrincipal()],
            actions=["kms:CreateGrant"],
            resources=["*"],
            conditions={
                "BoolIfExists": {
                    "aws:PrincipalIsAWSService": "false",
                    "kms:GrantIsForAWSResource": "false",
                }
            },
        )
    )


def _allow(
    key: kms.Key, principal: iam.IPrincipal, actions: list[str], conditions: dict[str, object]
) -> None:
    key.add_to_resource_policy(
        iam.PolicyStatement(
            principals=[principal], actions=actions, resources=["*"], conditions=conditions
        )
    )
