"""The dead-letter bucket and queue for updates that could not be applied."""

from __future__ import annotations

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from catalog_platform import model
from catalog_platform.infra import removal
from catalog_platform.infra.network import Network

NONCURRENT_DAYS = 7
ABANDONED_UPLOAD_DAYS = 7
REPLAYED = "replayed"


class DeadLetters(Construct):
    """A bucket that stores the payloads of failed updates, and a queue that announces them."""

    bucket: s3.Bucket
    queue: sqs.Queue

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002
        *,
        spec: model.DeadLetters,
        key: kms.IKey,
        access_logs: s3.IBucket | None,
    ) -> None:
        super().__init__(scope, id)
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            bucket_key_enabled=True,
            versioned=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="Retention",
                    expiration=Duration.days(spec.payload_retention_days),
                    noncurrent_version_expiration=Duration.days(NONCURRENT_DAYS),
                    abort_incomplete_multipart_upload_after=Duration.days(ABANDONED_UPLOAD_DAYS),
                )
            ],
            server_access_logs_bucket=access_logs,
            server_access_logs_prefix="access/dead-letters/" if access_logs else None,
            removal_policy=removal.data_policy(spec.on_removal),
        )
        self.queue = sqs.Queue(
            self,
            "Queue",
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=key,
            enforce_ssl=True,
            retention_period=Duration.days(spec.queue_retention_days),
            removal_policy=removal.data_policy(spec.on_removal),
        )

    def grant_append(self, grantee: iam.IGrantable) -> None:
        """Allow `grantee` to add payloads and send messages, but not to read or delete them.

        https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html
        """
        iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["s3:PutObject"],
            resource_arns=[self.bucket.arn_for_objects("*")],
        )
        # Lambda needs this permission to write a discarded batch.
        iam.Grant.add_to_principal(
            grantee=grantee, actions=["s3:ListBucket"], resource_arns=[self.bucket.bucket_arn]
        )
        iam.Grant.add_to_principal(
            grantee=grantee, actions=["sqs:SendMessage"], resource_arns=[self.queue.queue_arn]
        )

    def allow_through(self, network: Network) -> None:
        """Allow requests for what the grants of this class allow to leave the VPC."""
        objects = self.bucket.arn_for_objects("*")
        network.allow_storage(["s3:GetObject", "s3:PutObject"], [objects])
        network.allow_storage(["s3:ListBucket"], [self.bucket.bucket_arn])

    def grant_replay(self, grantee: iam.IGrantable) -> None:
        """Allow `grantee` to read payloads and to record which ones were replayed."""
        bucket = self.bucket
        iam.Grant.add_to_principal(
            grantee=grantee, actions=["s3:ListBucket"], resource_arns=[bucket.bucket_arn]
        )
        iam.Grant.add_to_principal(
            grantee=grantee, actions=["s3:GetObject"], resource_arns=[bucket.arn_for_objects("*")]
        )
        iam.Grant.add_to_principal(
            grantee=grantee,
            actions=["s3:PutObject"],
            resource_arns=[bucket.arn_for_objects(f"{REPLAYED}/*")],
        )
